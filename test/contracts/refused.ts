import { expect } from "chai";
import { refusal } from "./measurement/ledgerFixture.js";

/** Asserts that a call is refused by an error, with these arguments among its own. */
export async function refused(
  call: Promise<unknown>,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const reason = await refusal(call);
  expect(reason.name, reason.message).to.equal(name);
  expect(reason.arguments).to.include(
    Object.fromEntries(Object.entries(args).map(([key, value]) => [key, String(value)])),
  );
}

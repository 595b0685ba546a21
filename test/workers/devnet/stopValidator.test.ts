import { expect } from "chai";
import { describe, it } from "mocha";
import { stopValidator } from "../../../workers/devnet/stopNetwork.js";
import type { Network } from "../../../workers/devnet/types.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

describe("stopValidator", () => {
  const network = { validators: [{ number: 1 }, { number: 3 }] } as unknown as Network;

  it("says which validators there are, if it is none of them", async () => {
    const said = await stopValidator(temporaryFolder(), network, 2).catch((error: Error) => error.message);
    expect(said).to.equal("there is no validator 2; there are 1, 3");
  });
});

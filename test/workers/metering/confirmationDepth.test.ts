import { expect } from "chai";
import { describe, it } from "mocha";
import type { Metering } from "../../../typechain-types/index.js";
import { confirmationDepth } from "../../../workers/metering/openFinality.js";

describe("the depth by which a concentrator's transaction is confirmed", () => {
  /** A contract that can be asked for nothing. */
  const asked = new Error("the consortium was asked");
  const metering = { consortium: () => Promise.reject(asked) } as unknown as Metering;

  it("is nothing where finality has a word of its own, so that a chain on demand comes to an end", async () => {
    for (const kind of ["instant", "client"] as const)
      expect(await confirmationDepth({ kind }, metering), kind).to.equal(0);
    const overlay = { kind: "overlay", overlay: `0x${"11".repeat(20)}`, workers: [] } as const;
    expect(await confirmationDepth(overlay, metering)).to.equal(0);
  });

  it("is what the consortium voted where depth is all there is", async () => {
    const error = await confirmationDepth({ kind: "confirmed" }, metering).catch((caught: unknown) => caught);
    expect(error).to.equal(asked);
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { network } from "hardhat";
import { describe, it } from "mocha";
import { net } from "../../../workers/incentives/netting.js";
import { bitmapOf, slotArbitrary } from "./slotArbitrary.js";

describe("Netting", () => {
  it("agrees with the plain reference on random slots", async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("NettingHarness");
    await fc.assert(
      fc.asyncProperty(slotArbitrary, async (slot) => {
        const { credits, change, ownReward, remainderSeat, active } = slot;
        const updated: unknown = await harness
          .getFunction("net")
          .staticCall(credits, change, ownReward, remainderSeat, bitmapOf(active));
        expect([...(updated as bigint[])]).to.deep.equal(net(slot));
      }),
      { numRuns: 500, seed: 118 },
    );
  });
});

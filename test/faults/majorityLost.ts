import { expect } from "chai";
import { it } from "mocha";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { stopValidator } from "../../workers/devnet/stopNetwork.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { within } from "../support/within.js";

/** Looks in a row, ten a second, at which a chain that stands has not moved. */
const STILL_LOOKS = 50;

/** Two of four validators lost: no majority is left to seal. */
export function majorityLost(opened: () => FaultNetwork): void {
  it("a majority lost: the chain halts, and goes on with nothing lost when it returns", async () => {
    const net = opened();
    await Promise.all([3, 4].map((number) => stopValidator(net.folder, net.network, number)));
    let height = -1;
    let still = 0;
    await within(60, "the chain halts", async () => {
      const now = await net.over(1).getBlockNumber();
      still = now === height ? still + 1 : 0;
      height = now;
      return still >= STILL_LOOKS;
    });
    const { hash } = (await net.over(1).getBlock(height))!;
    await startNetwork(net.folder, net.network, net.engine, () => undefined);
    await expectSound(net);
    for (const { number } of net.network.validators)
      expect((await net.over(number).getBlock(height))?.number, `block ${hash}`).to.equal(height);
  });
}

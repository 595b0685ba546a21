import { expect } from "chai";
import { it } from "mocha";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { stopValidator } from "../../workers/devnet/stopNetwork.js";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { standsStill } from "../support/faults/standsStill.js";

/** Two of four validators lost: no majority is left to seal. */
export function majorityLost(opened: () => FaultNetwork): void {
  it("a majority lost: the chain halts, and goes on with nothing lost when it returns", async () => {
    const net = opened();
    let height = 0;
    let hash: string | null = null;
    await absent(net, [0, 1, 2, 3], async () => {
      await Promise.all([3, 4].map((number) => stopValidator(net.folder, net.network, number)));
      height = await standsStill(async () => await net.over(1).getBlockNumber());
      // The two that are left may each have sealed the last block at once, of which one will be lost.
      do ({ hash } = (await net.over(1).getBlock(height))!);
      while (hash !== (await net.over(2).getBlock(height))?.hash && height-- > 0);
      await startNetwork(net.folder, net.network, net.engine, () => undefined);
    });
    await expectSound(net);
    for (const { number } of net.network.validators)
      expect((await net.over(number).getBlock(height))?.hash, `validator ${number}`).to.equal(hash);
  });
}

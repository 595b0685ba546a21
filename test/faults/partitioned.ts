import { expect } from "chai";
import { it } from "mocha";
import { absent } from "../support/faults/absent.js";
import { expectSound } from "../support/faults/expectSound.js";
import type { FaultNetwork } from "../support/faults/openFaultNetwork.js";
import { sideKeeper } from "../support/sideKeeper.js";
import { standsStill } from "../support/faults/standsStill.js";
import { within } from "../support/within.js";

const BLOCKS = 6;

/** The network cut in two by its links, and mended. */
export function partitioned(opened: () => FaultNetwork): void {
  it("one validator cut off: three go on, it stands still, and joins them again", async () => {
    const net = opened();
    await absent(net, [3], async () => {
      net.partition.split([1, 2, 3], [4]);
      const keep = sideKeeper(net.folder, net.network, net.engine, [1, 2, 3]);
      const heights = async (): Promise<[number, number]> => [
        await net.over(1).getBlockNumber(),
        await net.over(4).getBlockNumber(),
      ];
      const [height] = await heights();
      await within(60, "the three go on", async () => {
        await keep();
        return (await heights())[0] >= height + BLOCKS;
      });
      const [ahead, behind] = await heights();
      // It may seal once by itself before it has to let others.
      expect(behind).to.be.lessThan(ahead - 2);
      expect((await net.status()).validators[3]).to.include({ running: true, peers: 0 });
      net.partition.join();
      await within(120, "it follows again", async () => {
        const [one, other] = await heights();
        return Math.abs(one - other) <= 1;
      });
    });
    await within(60, "it seals", async () => (await net.status()).validators[3]!.sealedRecently);
    await expectSound(net);
  });

  it("cut in halves: both halt; joined, they go on, if need be by the keeper's recovery", async () => {
    const net = opened();
    await absent(net, [0, 1, 2, 3], async () => {
      // Right after an even block the halves end deadlocked.
      const start = await net.over(1).getBlockNumber();
      await within(60, "an even block", async () => {
        const now = await net.over(1).getBlockNumber();
        return now > start && now % 2 === 0;
      });
      net.partition.split([1, 2], [3, 4]);
      const heads = async (): Promise<string> => {
        const { validators } = await net.status();
        return validators.map(({ headHash }) => headHash).join(" ");
      };
      await standsStill(heads);
      const height = Math.max(...(await net.status()).validators.map((one) => one.height ?? 0));
      net.partition.join();
      await within(150, "blocks go on", async () => {
        const { validators } = await net.status();
        return validators.every((one) => (one.height ?? 0) > height + BLOCKS);
      });
    });
    await expectSound(net);
  });
}

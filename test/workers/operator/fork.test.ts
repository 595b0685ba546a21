import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { packBatch } from "../../../workers/measurement/packValues.js";
import { countSubmissions } from "../../../workers/store/journal.js";
import { slotViews } from "../../../workers/store/ledgerView.js";
import { openStore } from "../../../workers/store/openStore.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { tinyChain, type TinyChain } from "./tinyChain.js";
import { trueValues } from "./tinyGrid.js";
import { watchedWorker, type WatchedWorker } from "./watchedWorker.js";

const VOTED_DEPTH = 3;

/** A snapshot of the node that is brought back is a fork, as the worker sees it. */
describe("operator's worker on a chain that turns", () => {
  const root = temporaryFolder();
  let folder: string;
  let round = 0;
  let chain: TinyChain;
  let worker: WatchedWorker | undefined;
  beforeEach(async () => {
    folder = join(root, String(++round));
    mkdirSync(folder);
    chain = await tinyChain();
    worker = undefined;
  });
  afterEach(async () => {
    await worker?.stop();
    await chain.close();
  });

  const nextSlot = async (): Promise<number> => Number(await chain.ledger.nextSlot());
  const inclusions = (): unknown[] =>
    worker!.logs.filter(({ msg }) => msg === "transaction included").map(({ hash }) => hash);
  const states = (): string[] => {
    const store = openStore(worker!.database, { readOnly: true });
    const found = countSubmissions(store).map(({ kind, state, count }) => `${count} ${kind} ${state}`);
    store.close();
    return found;
  };

  for (const deep of [false, true]) {
    it(`settles again what a fork undid${deep ? ", though it was final already" : ""}`, async () => {
      const slot = chain.firstSlot;
      const values = trueValues(0.01, 0.02);
      await chain.mineAt(chain.start(slot) + 1);
      for (const seat of [0, 1]) {
        const batch = packBatch(values.slice(3 * seat, 3 * seat + 3));
        await (await chain.ledger.connect(chain.operators[seat]).upload(slot, batch)).wait();
      }
      worker = watchedWorker(chain, 0, folder);
      await eventually("a look", () => worker!.logs.some(({ msg }) => msg === "slot estimated"));
      const common = await chain.provider.getBlockNumber();
      const snapshot: unknown = await chain.provider.send("evm_snapshot", []);
      await chain.mineAt(chain.start(slot + 2));
      await eventually("settlement", async () => (await nextSlot()) > slot && inclusions().length === 1);
      if (deep) {
        await chain.provider.send("hardhat_mine", [`0x${(VOTED_DEPTH + 2).toString(16)}`]);
        await eventually("finality", () => states().join() === "1 settle final");
      }
      await chain.provider.send("evm_revert", [snapshot]);
      expect(await nextSlot()).to.equal(slot);
      await chain.mineAt(chain.start(slot + 2) + 7);
      await eventually("settlement in the other branch", async () => (await nextSlot()) > slot);
      await eventually("a look at it", () => inclusions().length === 2);
      expect(inclusions()[1]).to.equal(inclusions()[0]);
      await chain.provider.send("hardhat_mine", [`0x${(VOTED_DEPTH + 2).toString(16)}`]);
      await eventually("finality", () => states().join() === "1 settle final");
      expect(await worker.stop()).to.equal(0);

      const store = openStore(worker.database);
      expect(slotViews(store).map((one) => [one.slot, one.closed, one.closedCount])).to.deep.equal([
        [slot, "settled", 1],
      ]);
      store.close();
      // It went back to the last block that both branches have, and no further.
      const turns = worker.logs.filter(({ msg }) => msg === "the chain has turned to another branch");
      expect(turns.length).to.be.at.least(1);
      for (const { rewoundTo } of turns) expect(rewoundTo).to.be.at.least(common);
      const deeper = worker.logs.filter(({ msg }) => msg.startsWith("a fork deeper than"));
      expect(deeper.length > 0).to.equal(deep);
    });
  }
});

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

  /** A settlement of the first slot by the worker, and the way back to before it. */
  interface Settled {
    readonly slot: number;
    /** The last block before the branches part. */
    readonly common: number;
    /** Turns to another branch, which ends at `common`. */
    readonly turn: () => Promise<void>;
  }

  const settled = async (): Promise<Settled> => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    await chain.mineAt(chain.start(slot) + 1);
    for (const seat of [0, 1]) {
      const batch = packBatch(values.slice(3 * seat, 3 * seat + 3));
      await (await chain.ledger.connect(chain.operators[seat]).upload(slot, batch)).wait();
    }
    const started = (worker = watchedWorker(chain, 0, folder));
    await eventually("a look", () => started.logs.some(({ msg }) => msg === "slot estimated"));
    const common = await chain.provider.getBlockNumber();
    const snapshot: unknown = await chain.provider.send("evm_snapshot", []);
    await chain.mineAt(chain.start(slot + 2));
    await eventually("settlement", async () => (await nextSlot()) > slot && inclusions().length === 1);
    const turn = async (): Promise<void> => {
      await chain.provider.send("evm_revert", [snapshot]);
      expect(await nextSlot()).to.equal(slot);
    };
    return { slot, common, turn };
  };
  const confirm = async (): Promise<void> => {
    await chain.provider.send("hardhat_mine", [`0x${(VOTED_DEPTH + 2).toString(16)}`]);
  };

  for (const deep of [false, true]) {
    it(`settles again what a fork undid${deep ? ", though it was final already" : ""}`, async () => {
      const { slot, common, turn } = await settled();
      if (deep) {
        await confirm();
        await eventually("finality", () => states().join() === "1 settle final");
      }
      // What the worker sends again must not be in a block before the slot is due in this branch.
      await chain.provider.send("evm_setAutomine", [false]);
      await turn();
      await chain.mineAt(chain.start(slot + 2) + 7);
      await chain.provider.send("evm_setAutomine", [true]);
      await chain.provider.send("evm_mine", []);
      await eventually("settlement in the other branch", async () => (await nextSlot()) > slot);
      await eventually("a look at it", () => inclusions().length === 2);
      expect(inclusions()[1]).to.equal(inclusions()[0]);
      await confirm();
      await eventually("finality", () => states().join() === "1 settle final");
      expect(await worker!.stop()).to.equal(0);

      const store = openStore(worker!.database);
      expect(slotViews(store).map((one) => [one.slot, one.closed, one.closedCount])).to.deep.equal([
        [slot, "settled", 1],
      ]);
      store.close();
      // It went back to the last block that both branches have, and no further.
      const turns = worker!.logs.filter(({ msg }) => msg === "the chain has turned to another branch");
      expect(turns.length).to.be.at.least(1);
      for (const { rewoundTo } of turns) expect(rewoundTo).to.be.at.least(common);
      const deeper = worker!.logs.filter(({ msg }) => msg.startsWith("a fork deeper than"));
      expect(deeper.length > 0).to.equal(deep);
    });
  }

  it("settles by another transaction where the first came too early in the other branch", async () => {
    const { slot, turn } = await settled();
    await turn();
    await eventually("a revert", () => worker!.logs.some(({ msg }) => msg === "transaction reverted"));
    await chain.mineAt(chain.start(slot + 2) + 7);
    // Only once no fork undoes the revert any more.
    await confirm();
    await eventually("settlement in the other branch", async () => (await nextSlot()) > slot);
    await eventually("a look at it", () => inclusions().length === 2);
    expect(inclusions()[1]).not.to.equal(inclusions()[0]);
    await confirm();
    await eventually("finality", () => states().join() === "1 settle failed,1 settle final");
    expect(await worker!.stop()).to.equal(0);
  });
});

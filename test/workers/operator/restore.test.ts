import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { Wallet } from "ethers";
import { createKeystore } from "../../../workers/crypto/keystore.js";
import { packBatch } from "../../../workers/measurement/packValues.js";
import { parseWorkerConfig } from "../../../workers/operator/config.js";
import { restoreWorker } from "../../../workers/operator/restoreWorker.js";
import { backupStore } from "../../../workers/store/backupStore.js";
import { countSubmissions } from "../../../workers/store/journal.js";
import { openStore } from "../../../workers/store/openStore.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { type ServedWorker, servedWorker } from "./servedWorker.js";
import { tinyChain, type TinyChain } from "./tinyChain.js";
import { trueValues } from "./tinyGrid.js";

const values = trueValues(-0.01, 0.02);

describe("a worker whose history was restored from an old backup", () => {
  const folder = temporaryFolder();
  let chain: TinyChain;
  let worker: ServedWorker | undefined;
  before(async () => {
    chain = await tinyChain();
  });
  after(() => chain.close());
  afterEach(async () => await worker?.stop());

  const nextSlot = async (): Promise<number> => Number(await chain.ledger.nextSlot());
  const nonce = async (): Promise<number> =>
    await chain.provider.getTransactionCount(new Wallet(chain.keys[0]!).address, "pending");

  /** Readings of both operators for a slot; seat 1's uploaded by other hands. */
  async function report(slot: number): Promise<void> {
    const time = new Date(1000 * chain.start(slot)).toISOString();
    const rows = [1, 2, 3].map((line) => `${time},line${line},${values[line - 1]},kW\n`);
    await (await chain.ledger.connect(chain.operators[1]).upload(slot, packBatch(values.slice(3)))).wait();
    appendFileSync(join(folder, "seat0.csv"), rows.join(""));
  }

  /** Slots with a batch of seat 0, in the order of the chain. */
  async function uploaded(): Promise<number[]> {
    const events = await chain.ledger.queryFilter(chain.ledger.filters.BatchUploaded);
    return events.filter(({ args }) => args.seat === 0n).map(({ args }) => Number(args.slot));
  }

  async function settled(): Promise<number[]> {
    const { SlotSettled, QuietSlotSettled, SlotClosedIncomplete } = chain.ledger.filters;
    const kinds = [SlotSettled, QuietSlotSettled, SlotClosedIncomplete] as const;
    const events = await Promise.all(kinds.map(async (kind) => await chain.ledger.queryFilter(kind)));
    return events
      .flat()
      .map(({ args }) => Number(args.slot))
      .sort((a, b) => a - b);
  }

  it("signs nothing until it has caught up, and uploads and settles every slot once", async () => {
    const first = chain.firstSlot;
    writeFileSync(join(folder, "seat0.csv"), "time,meter,value,unit\n");
    worker = await servedWorker(chain, 0, folder);
    const backup = join(folder, "backup.db");
    // The first slot is in the backup, the two after it are not.
    for (let slot = first; slot < first + 3; slot++) {
      await chain.mineAt(chain.start(slot) + 1);
      await report(slot);
      await eventually(`batch of slot ${slot}`, async () => (await uploaded()).includes(slot));
      await chain.mineAt(chain.start(slot + 2));
      await eventually(`settlement of slot ${slot}`, async () => (await nextSlot()) > slot);
      if (slot === first) await backupStore(worker.database, backup);
    }
    // Of one more slot the batch was sent, and is in no block yet.
    const last = first + 5;
    await chain.mineAt(chain.start(last) + 1);
    await eventually("the slots between closed", async () => (await nextSlot()) === last - 1);
    await chain.mineAt(chain.start(last) + 10);
    await chain.provider.send("evm_setAutomine", [false]);
    const time = new Date(1000 * chain.start(last)).toISOString();
    appendFileSync(
      worker.measurements,
      [1, 2, 3].map((line) => `${time},line${line},${values[line - 1]},kW\n`).join(""),
    );
    const { lines, database } = worker;
    await eventually("the batch sent", () =>
      lines.some(({ msg, slot, kind }) => msg === "transaction sent" && slot === last && kind === "upload"),
    );
    await worker.stop();
    renameSync(database, `${database}.lost`);

    const keystore = join(folder, "key.json");
    await createKeystore(keystore, new Wallet(chain.keys[0]!), "word", { scryptN: 1024 });
    const config = parseWorkerConfig(
      {
        rpcUrl: `http://127.0.0.1:${chain.port}`,
        chainId: chain.chainId,
        contracts: chain.contracts,
        database,
        keystore,
      },
      "a test",
      folder,
    );
    await restoreWorker(config, backup, {}, 1_700_000_000);
    const sent = await nonce();
    worker = await servedWorker(chain, 0, folder);
    const restored = worker;
    const told = (text: string): boolean => restored.lines.some(({ msg }) => msg === text);
    await eventually("its wait", () => told("restored; catching up before it signs"));
    // Blocks enough, but for the transaction in the node, which none of them takes in.
    const [raw] = (await chain.provider.send("eth_pendingTransactions", [])) as { hash: string }[];
    expect(raw).not.to.equal(undefined);
    expect(await nonce()).to.equal(sent);
    expect(told("restored history has caught up")).to.equal(false);
    await chain.provider.send("evm_setAutomine", [true]);
    for (let i = 0; i < 3; i++) await chain.provider.send("evm_mine", []);
    await eventually("its end", () => told("restored history has caught up"));
    await chain.mineAt(chain.start(last + 2));
    await eventually("settlement of the last", async () => (await nextSlot()) > last);

    const batches = [first, first + 1, first + 2, last];
    expect(await uploaded()).to.deep.equal(batches);
    expect(await settled()).to.deep.equal(Array.from({ length: last + 1 - first }, (_, i) => first + i));
    await worker.stop();
    const store = openStore(database);
    expect(countSubmissions(store).filter(({ state }) => state === "failed")).to.deep.equal([]);
    // Uploads since the backup are the chain's, not the journal's: it signed none again.
    expect(countSubmissions(store).filter(({ kind }) => kind === "upload")).to.have.length(1);
    store.close();
    // Another life has nothing to wait for.
    worker = await servedWorker(chain, 0, folder);
    const again = worker;
    await eventually("a look", async () => (await again.metric("gridproof_node_up")) === 1);
    expect(again.lines.some(({ msg }) => msg.startsWith("restored"))).to.equal(false);
  });

  it("is refused where the keystore is another operator's", async () => {
    const keystore = join(folder, "other.json");
    await createKeystore(keystore, new Wallet(chain.keys[1]!), "word", { scryptN: 1024 });
    const config = parseWorkerConfig(
      {
        rpcUrl: "http://127.0.0.1:1",
        chainId: chain.chainId,
        contracts: chain.contracts,
        database: "other.db",
        keystore,
      },
      "a test",
      folder,
    );
    const refused: unknown = await restoreWorker(config, join(folder, "backup.db"), {}, 1).catch(
      (error: unknown) => error,
    );
    expect(String(refused)).to.match(/^StoreForeignError: .*belongs to operator 0x/);
  });
});

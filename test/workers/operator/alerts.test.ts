import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Consortium__factory } from "../../../typechain-types/index.js";
import { WORKER_ALERTS } from "../../../workers/alerts/alertNames.js";
import { packBatch } from "../../../workers/measurement/packValues.js";
import { workerStatus } from "../../../workers/operator/status.js";
import { openStore } from "../../../workers/store/openStore.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { NodeDoor } from "./nodeDoor.js";
import { type ServedWorker, servedWorker } from "./servedWorker.js";
import { tinyChain, type TinyChain } from "./tinyChain.js";
import { trueValues } from "./tinyGrid.js";

const HEADER = "time,meter,value,unit\n";
const METERS = ["line1", "line2", "line3", "bus1", "bus2", "bus3"];
const values = trueValues(-0.01, 0.02);

/** The worker told an alert once when it came and once when it went. */
function toldOnce(lines: ServedWorker["lines"], name: string): void {
  const told = lines.filter(({ alert }) => alert === name).map(({ msg }) => msg);
  expect(told).to.deep.equal(["alert raised", "alert cleared"]);
}

describe("what a worker serves of itself", () => {
  const root = temporaryFolder();
  let folder: string;
  let round = 0;
  let chain: TinyChain;
  let workers: ServedWorker[];

  beforeEach(async () => {
    folder = join(root, String(++round));
    mkdirSync(folder);
    chain = await tinyChain();
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await chain.close();
  });

  async function serve(settings: object = {}): Promise<ServedWorker> {
    const worker = await servedWorker(chain, 0, folder, settings);
    workers.push(worker);
    writeFileSync(worker.measurements, HEADER);
    return worker;
  }

  /** Seat 0's readings of a slot, in its file. */
  function read(worker: ServedWorker, slot: number): void {
    const time = new Date(1000 * chain.start(slot)).toISOString();
    const rows = [0, 1, 2].map((meter) => `${time},${METERS[meter]},${values[meter]},kW\n`);
    appendFileSync(worker.measurements, rows.join(""));
  }

  /** Seat 1's batch of a slot, by other hands. */
  async function uploadOther(slot: number): Promise<void> {
    await (await chain.ledger.connect(chain.operators[1]).upload(slot, packBatch(values.slice(3)))).wait();
  }

  const mine = async (blocks: number): Promise<void> => {
    // One by one: hardhat_mine makes blocks whose hashes do not hang together.
    for (let i = 0; i < blocks; i++) await chain.provider.send("evm_mine", []);
  };

  it("counts what it did, and is well", async () => {
    const worker = await serve();
    const slot = chain.firstSlot;
    await chain.mineAt(chain.start(slot) + 1);
    read(worker, slot);
    appendFileSync(worker.measurements, "yesterday,line1,7,kW\n");
    await uploadOther(slot);
    await eventually(
      "the estimate",
      async () => (await worker.metric("gridproof_slots_estimated_total")) === 1,
    );
    await chain.mineAt(chain.start(slot + 2));
    await eventually("settlement", async () => (await worker.metric("gridproof_slots_settled_total")) === 1);
    await mine(4);
    const height = await chain.provider.getBlockNumber();
    await eventually(
      "the last block",
      async () => (await worker.metric("gridproof_chain_height_blocks")) === height,
    );
    const settled = (await worker.metrics()).get("gridproof_transactions")!.samples;
    expect(settled.get('gridproof_transactions{kind="upload",state="final"}')).to.equal(1);

    const account = await chain.operators[0]!.getAddress();
    const consortium = Consortium__factory.connect(chain.contracts.consortium, chain.provider);
    const balance = await chain.provider.getBalance(account);
    const expected: [string, number][] = [
      ["gridproof_node_up", 1],
      ["gridproof_slots_uploaded_total", 1],
      ["gridproof_slots_alarms_total", 0],
      ["gridproof_slots_due", 0],
      ["gridproof_next_slot", slot + 1],
      ["gridproof_readings_taken_total", 3],
      ["gridproof_turns_failed_total", 0],
      ["gridproof_chain_reorganisations_total", 0],
      ["gridproof_transactions_oldest_pending_seconds", 0],
      ["gridproof_balance_wei", Number(balance)],
      ["gridproof_credits", Number(await consortium.creditsOf(account))],
    ];
    for (const [name, value] of expected) expect(await worker.metric(name), name).to.equal(value);
    expect(await worker.metric("gridproof_readings_refused_total", '{code="malformed"}')).to.equal(1);

    const all = await worker.metrics();
    const turns = all.get("gridproof_turn_duration_seconds")!;
    expect(turns.samples.get("gridproof_turn_duration_seconds_count")).to.be.above(3);
    expect([...all.get("gridproof_alert")!.samples.keys()]).to.deep.equal(
      Object.keys(WORKER_ALERTS).map((name) => `gridproof_alert{alert="${name}"}`),
    );
    for (const [name, { help }] of all) expect(help, name).to.match(/^[A-Z].*\.$/);
    expect(await worker.health()).to.deep.equal({ status: 200, report: { ok: true, alerts: [] } });
    expect(worker.lines.filter(({ msg }) => msg.startsWith("alert "))).to.deep.equal([]);
  });

  it("waits for the first grid version with true figures, and judges what needs none", async () => {
    const versioned = chain;
    chain = await tinyChain(undefined, false);
    try {
      const worker = await serve();
      const account = await chain.operators[0]!.getAddress();
      const height = await chain.provider.getBlockNumber();
      await eventually(
        "a look",
        async () => (await worker.metric("gridproof_chain_height_blocks")) === height,
      );
      const consortium = Consortium__factory.connect(chain.contracts.consortium, chain.provider);
      const balance = await chain.provider.getBalance(account);
      expect(await worker.metric("gridproof_balance_wei")).to.equal(Number(balance));
      expect(await worker.metric("gridproof_credits")).to.equal(Number(await consortium.creditsOf(account)));
      for (const unknown of ["gridproof_next_slot", "gridproof_slots_due"]) {
        expect([...(await worker.metrics()).keys()]).to.not.include(unknown);
      }
      await chain.provider.send("hardhat_setBalance", [account, "0x7"]);
      await worker.raised("lowBalance");
      await chain.provider.send("hardhat_setBalance", [account, `0x${balance.toString(16)}`]);
      await worker.cleared("lowBalance");
      expect(await worker.metric("gridproof_slots_settled_total")).to.equal(0);
      await worker.stop();
    } finally {
      await versioned.close();
    }
  });

  it("raises nodeDown while the node does not answer, and keeps it in its database", async () => {
    const door = new NodeDoor(chain.port);
    const rpcUrl = `http://127.0.0.1:${await door.up()}`;
    const worker = await serve({ rpcUrl });
    await eventually("a look", async () => (await worker.metric("gridproof_node_up")) === 1);
    await door.down();
    const alert = await worker.raised("nodeDown");
    expect(alert["message"]).to.match(/^the node has not answered for \d+ s$/);
    expect(Math.abs(Number(alert["since"]) - Date.now() / 1000) < 60).to.equal(true);
    expect((await worker.health()).status).to.equal(503);
    expect(await worker.metric("gridproof_node_up")).to.equal(0);
    expect(await worker.metric("gridproof_alert", '{alert="nodeDown"}')).to.equal(1);
    const store = openStore(worker.database, { readOnly: true });
    expect(workerStatus(store).alerts.map(({ name }) => name)).to.deep.equal(["nodeDown"]);
    store.close();
    // Another life takes it over, and does not tell it again.
    await worker.stop();
    const next = await serve({ rpcUrl });
    await eventually("turns", async () => (await next.metric("gridproof_turns_failed_total"))! > 3);
    expect((await next.raised("nodeDown"))["since"]).to.equal(alert["since"]);
    await door.up();
    await next.cleared("nodeDown");
    expect(await next.metric("gridproof_node_up")).to.equal(1);
    expect(await next.metric("gridproof_alert", '{alert="nodeDown"}')).to.equal(0);
    toldOnce([...worker.lines, ...next.lines], "nodeDown");
    await next.stop();
    await door.down();
  });

  it("raises slotGap for slots without readings, until one has some again; a new life does not raise it again", async () => {
    const worker = await serve();
    const slot = chain.firstSlot;
    await chain.mineAt(chain.start(slot + 1) - 1);
    await eventually("a look", async () => (await worker.metric("gridproof_node_up")) === 1);
    expect((await worker.health()).report.ok).to.equal(true);
    await chain.mineAt(chain.start(slot + 3));
    const alert = await worker.raised("slotGap");
    expect(alert).to.deep.include({ firstSlot: slot, lastSlot: slot + 1, slots: 2 });
    await worker.stop();
    const next = await serve();
    expect((await next.raised("slotGap"))["since"]).to.equal(alert["since"]);
    read(next, slot + 3);
    await chain.mineAt(chain.start(slot + 4));
    await eventually("upload", async () => (await next.metric("gridproof_slots_uploaded_total")) === 1);
    await eventually("a longer gap", async () => (await next.raised("slotGap"))["lastSlot"] === slot + 2);
    await chain.mineAt(chain.start(slot + 5));
    await next.cleared("slotGap");
    toldOnce([...worker.lines, ...next.lines], "slotGap");
  });

  it("raises lowBalance and slotsUnsettled where the account cannot pay, and clears them once it can", async () => {
    const worker = await serve();
    const slot = chain.firstSlot;
    const account = await chain.operators[0]!.getAddress();
    const before = await chain.provider.getBalance(account);
    await chain.mineAt(chain.start(slot) + 1);
    read(worker, slot);
    await uploadOther(slot);
    await eventually("upload", async () => (await worker.metric("gridproof_slots_uploaded_total")) === 1);
    await chain.provider.send("hardhat_setBalance", [account, "0x7"]);
    expect(await worker.raised("lowBalance")).to.deep.include({ balanceWei: "7" });
    await chain.mineAt(chain.start(slot + 3) + 5);
    const late = await worker.raised("slotsUnsettled");
    expect(late).to.deep.include({ nextSlot: slot, slotsDue: 2 });
    expect(late["graceOverSeconds"]).to.be.at.least(5);
    await chain.provider.send("hardhat_setBalance", [account, `0x${before.toString(16)}`]);
    await worker.cleared("lowBalance");
    await worker.cleared("slotsUnsettled");
    toldOnce(worker.lines, "lowBalance");
    toldOnce(worker.lines, "slotsUnsettled");
  });

  it("raises lowCredits when they are given away, and clears it when they come back", async () => {
    const worker = await serve({ alerts: { lowCreditSlots: 4 } });
    const slot = chain.firstSlot;
    await chain.mineAt(chain.start(slot) + 1);
    read(worker, slot);
    await uploadOther(slot);
    await chain.mineAt(chain.start(slot + 2));
    await eventually("settlement", async () => (await worker.metric("gridproof_slots_settled_total")) === 1);
    const consortium = Consortium__factory.connect(chain.contracts.consortium, chain.provider);
    const [rich, poor] = await Promise.all([1, 0].map(async (i) => await chain.operators[i]!.getAddress()));
    const own = await consortium.creditsOf(poor!);
    // Four slots with all three meters missing, at 1,000 credits each, cost 12,000.
    await chain.mineAt(chain.start(slot + 2) + 1);
    await consortium.connect(chain.operators[0]).transfer(rich!, own - 11_999n);
    expect(await worker.raised("lowCredits")).to.deep.include({
      credits: "11999",
      missedSlotCredits: "3000",
    });
    await consortium.connect(chain.operators[1]).transfer(poor!, 1n);
    await worker.cleared("lowCredits");
    toldOnce(worker.lines, "lowCredits");
  });

  it("raises validatorNotSealing while the operator's validator seals no block of many", async () => {
    const consortium = Consortium__factory.connect(chain.contracts.consortium, chain.operators[0]);
    const validator = `0x${"77".repeat(20)}`;
    await consortium.recordNode(validator, "");
    await mine(20);
    const worker = await serve();
    expect(await worker.raised("validatorNotSealing")).to.deep.include({ subject: validator, blocks: 16 });
    await chain.provider.send("hardhat_setCoinbase", [validator]);
    await mine(1);
    await worker.cleared("validatorNotSealing");
    toldOnce(worker.lines, "validatorNotSealing");
  });

  it("counts a shallow fork, and raises deepFork for one deeper than the confirmation depth of 3", async () => {
    const worker = await serve();
    const seen = async (): Promise<void> => {
      const height = await chain.provider.getBlockNumber();
      await eventually(
        "the last block",
        async () => (await worker.metric("gridproof_chain_height_blocks")) === height,
      );
    };
    /** Takes blocks back, and mines others, at other times, so that the new branch is longer by one. */
    const fork = async (depth: number): Promise<void> => {
      const snapshot: unknown = await chain.provider.send("evm_snapshot", []);
      await mine(depth);
      await seen();
      const { timestamp } = (await chain.provider.getBlock("latest"))!;
      await chain.provider.send("evm_setAutomine", [false]);
      await chain.provider.send("evm_revert", [snapshot]);
      await chain.provider.send("evm_setNextBlockTimestamp", [timestamp + 7]);
      await mine(depth + 1);
      await chain.provider.send("evm_setAutomine", [true]);
    };
    await mine(8);
    await seen();
    await fork(3);
    await eventually(
      "the fork",
      async () => (await worker.metric("gridproof_chain_reorganisations_total")) === 1,
    );
    expect(await worker.metric("gridproof_chain_reorganisation_deepest_blocks")).to.equal(3);
    expect((await worker.health()).report.ok).to.equal(true);
    await seen();
    await fork(4);
    const alert = await worker.raised("deepFork");
    expect(alert).to.deep.include({ depthBlocks: 4, confirmationDepth: 3 });
    expect(await worker.metric("gridproof_chain_reorganisations_total")).to.equal(2);
    await mine(3);
    await worker.cleared("deepFork");
    toldOnce(worker.lines, "deepFork");
  });

  it("raises repeatedFailures when turn after turn fails though the node answers", async () => {
    const worker = await serve();
    const { ledger } = chain.contracts;
    await eventually("a look", async () => (await worker.metric("gridproof_node_up")) === 1);
    const code = await chain.provider.getCode(ledger);
    await chain.provider.send("hardhat_setCode", [ledger, "0xfe"]);
    const alert = await worker.raised("repeatedFailures");
    expect(alert["subject"]).to.equal("turns");
    expect(alert["failures"]).to.be.at.least(5);
    expect(await worker.metric("gridproof_node_up")).to.equal(1);
    await chain.provider.send("hardhat_setCode", [ledger, code]);
    await worker.cleared("repeatedFailures");
    toldOnce(worker.lines, "repeatedFailures");
  });
});

import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { JsonRpcSigner } from "ethers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Wallet } from "ethers";
import {
  GridRegistry__factory,
  MeterKeys__factory,
  Suspects__factory,
} from "../../../typechain-types/index.js";
import { readVersionRecords } from "../../../workers/chain/gridVersions.js";
import { nameSuspect } from "../../../workers/measurement/nameSuspect.js";
import { versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import { meterPlace, signReading } from "../../../workers/crypto/meterReading.js";
import { countSubmissions } from "../../../workers/store/journal.js";
import { readEstimate } from "../../../workers/store/estimates.js";
import { slotViews } from "../../../workers/store/ledgerView.js";
import { countMeasurements, measurementsOfSlot } from "../../../workers/store/measurements.js";
import { openStore } from "../../../workers/store/openStore.js";
import { workerStatus } from "../../../workers/operator/status.js";
import type { ISlotLedger } from "../../../typechain-types/measurement/SlotRules.js";
import { Consortium__factory, SlotRules__factory } from "../../../typechain-types/index.js";
import { commitment } from "../../../workers/measurement/commitment.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { packBatch, packSupplement } from "../../../workers/measurement/packValues.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { CUT_OFF_SLOTS, SLOT_SECONDS, tinyChain, type TinyChain } from "./tinyChain.js";
import { NodeDoor } from "./nodeDoor.js";
import { tinyPlan, trueValues } from "./tinyGrid.js";
import { watchedWorker, type StageMessage, type WatchedWorker } from "./watchedWorker.js";
import { join } from "node:path";

const HEADER = "time,meter,value,unit\n";
const METERS = ["line1", "line2", "line3", "bus1", "bus2", "bus3"];

const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;

/** Hardhat's matchers take over `closeTo`, for integers only. */
function expectClose(got: number, want: number, tolerance: number): void {
  expect(Math.abs(got - want), `${got} against ${want}`).to.be.at.most(tolerance);
}

describe("operator's worker", function suite() {
  // A worker that is killed eight times starts nine times, each time for seconds where the machine is busy.
  this.timeout(300_000);
  const root = temporaryFolder();
  let folder: string;
  let round = 0;
  let chain: TinyChain;
  let workers: WatchedWorker[];

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

  it("settles slots of a version that no tree of meters spans", async () => {
    await chain.close();
    // Bus 3 is seen by injections alone.
    chain = await tinyChain({
      ...tinyPlan,
      meters: tinyPlan.meters.filter(({ id }) => !/line[23]/.test(id)),
    });
    const worker = start(0);
    const slot = chain.firstSlot;
    const values = trueValues(-0.01, 0.02);
    await chain.mineAt(chain.start(slot) + 1);
    writeFileSync(worker.measurements, HEADER + row(slot, 0, values));
    await chain.ledger.connect(chain.operators[1]).upload(slot, packBatch(values.slice(3)));
    await chain.mineAt(chain.start(slot + 1));
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 2);
    await chain.mineAt(chain.start(slot + 2));
    await eventually("settlement", async () => (await nextSlot()) > slot);
    expect(await worker.stop()).to.equal(0);
    expect(await closings()).to.deep.equal([`settled ${slot}`]);
    const store = openStore(worker.database);
    const estimate = readEstimate(store, slot)!;
    expectClose(estimate.angles[chain.treeOfBus.get(2)!]!, -0.01, 2e-5);
    expectClose(estimate.angles[chain.treeOfBus.get(3)!]!, 0.02, 2e-5);
    store.close();
  });

  function start(seat: number, kill?: (at: StageMessage) => boolean, settings = {}): WatchedWorker {
    const worker = watchedWorker(chain, seat, folder, kill, settings);
    workers.push(worker);
    return worker;
  }

  /** A row of a source file, for meter number `meter` of the triangle. */
  function row(slot: number, meter: number, values: readonly number[]): string {
    return `${new Date(1000 * chain.start(slot)).toISOString()},${METERS[meter]},${values[meter]},kW\n`;
  }

  function source(seat: number): string {
    return join(folder, `seat${seat}.csv`);
  }

  /** Calldata arguments of all events of a kind: slot, seat and bytes. */
  async function uploads(name: "BatchUploaded" | "SupplementUploaded"): Promise<[number, number, string][]> {
    const events = await chain.ledger.queryFilter(chain.ledger.filters[name]);
    return await Promise.all(
      events.map(async (event): Promise<[number, number, string]> => {
        const { data } = await event.getTransaction();
        const call = chain.ledger.interface.parseTransaction({ data })!;
        return [Number(event.args.slot), Number(event.args.seat), call.args[1] as string];
      }),
    );
  }

  async function closings(): Promise<string[]> {
    const { filters } = chain.ledger;
    const settled = await chain.ledger.queryFilter(filters.SlotSettled);
    const quiet = await chain.ledger.queryFilter(filters.QuietSlotSettled);
    const incomplete = await chain.ledger.queryFilter(filters.SlotClosedIncomplete);
    const reported = await chain.ledger.queryFilter(filters.IncompleteSlotSettled);
    return [
      ...reported.map((event) => `reported ${event.args.slot}`),
      ...quiet.map((event) => `settled ${event.args.slot}`),
      ...settled.map((event) => `settled ${event.args.slot}`),
      ...incomplete.map((event) => `incomplete ${event.args.slot}`),
    ].sort((a, b) => Number(a.split(" ")[1]) - Number(b.split(" ")[1]));
  }

  /** How many transactions closed slots. */
  async function settlements(): Promise<number> {
    const { filters } = chain.ledger;
    const kinds = [filters.SlotSettled, filters.QuietSlotSettled, filters.SlotClosedIncomplete] as const;
    const events = await Promise.all(kinds.map(async (kind) => await chain.ledger.queryFilter(kind)));
    return new Set(events.flat().map(({ transactionHash }) => transactionHash)).size;
  }

  /** As a vote would. */
  async function changeRules(
    firstSlot: number,
    clock: ISlotLedger.ClockStruct,
    penaliseIncomplete: boolean,
  ): Promise<void> {
    const { consortium } = chain.contracts;
    const governance = await Consortium__factory.connect(consortium, chain.provider).governance();
    await chain.provider.send("hardhat_impersonateAccount", [governance]);
    await chain.provider.send("hardhat_setBalance", [governance, "0xde0b6b3a7640000"]);
    const rules = SlotRules__factory.connect(
      await chain.ledger.slotRules(),
      new JsonRpcSigner(chain.provider, governance),
    );
    const { terms } = await rules.rules();
    await rules.change(firstSlot, clock, {
      reward: terms.reward,
      missingPenalty: terms.missingPenalty,
      anomalyPenalty: terms.anomalyPenalty,
      normalQuantileQ32: terms.normalQuantileQ32,
      penaliseIncomplete,
    });
  }

  /** The tiny chain's clock, for a change that leaves time as it is. */
  const sameClock = (firstSlot: number, expirySlots = 10) => ({
    genesis: chain.start(firstSlot),
    slotSeconds: SLOT_SECONDS,
    cutOffSlots: CUT_OFF_SLOTS,
    expirySlots,
    commitSlots: 0,
  });

  /** Both operators' batches for a slot, by other hands. */
  async function uploadBoth(slot: number, values: readonly number[]): Promise<void> {
    await chain.mineAt(chain.start(slot) + 1);
    for (const seat of [0, 1]) {
      const batch = packBatch(values.slice(3 * seat, 3 * seat + 3));
      await (await chain.ledger.connect(chain.operators[seat]).upload(slot, batch)).wait();
    }
  }

  const nextSlot = async (): Promise<number> => Number(await chain.ledger.nextSlot());

  /**
   * Three slots of seat 0's life: one whose third value comes late, a whole one, one in which seat 1 is silent.
   * Checks all that must be so in the end, however often the worker was killed meanwhile.
   */
  async function liveThreeSlots(kill?: (at: StageMessage) => boolean): Promise<WatchedWorker> {
    const first = chain.firstSlot;
    const values = [0, 1, 2].map((k) => trueValues(-0.01 * (k + 1), 0.02));
    const worker = start(0, kill);
    for (let k = 0; k < 3; k++) {
      const slot = first + k;
      const z = values[k]!;
      await chain.mineAt(chain.start(slot) + 1);
      const rows = [0, 1, 2].map((meter) => row(slot, meter, z));
      // The file comes into being under the worker's eyes, and its last line in two pieces.
      if (k === 0) writeFileSync(worker.measurements, HEADER + rows[0] + rows[1]);
      else appendFileSync(worker.measurements, rows.join(""));
      if (k < 2) await chain.ledger.connect(chain.operators[1]).upload(slot, packBatch(z.slice(3)));
      await chain.mineAt(chain.start(slot + 1));
      await eventually(`batch of slot ${slot}`, async () =>
        (await uploads("BatchUploaded")).some(([s, seat]) => s === slot && seat === 0),
      );
      if (k === 0) {
        appendFileSync(worker.measurements, rows[2]!.slice(0, 20));
        appendFileSync(worker.measurements, rows[2]!.slice(20));
        await eventually("supplement", async () => (await uploads("SupplementUploaded")).length > 0);
      }
    }
    for (let k = 0; k < 3; k++) {
      await chain.mineAt(chain.start(first + k + 2));
      await eventually(`settlement of slot ${first + k}`, async () => (await nextSlot()) > first + k);
    }
    // Finality, so that the journal comes to its end.
    await chain.provider.send("hardhat_mine", ["0x4"]);
    await eventually("all transactions final", () => {
      const store = openStore(worker.database, { readOnly: true });
      const open = countSubmissions(store).filter(({ state }) => state !== "final");
      const seen = slotViews(store).filter(({ closed }) => closed !== undefined);
      store.close();
      return open.length === 0 && seen.length === 3;
    });
    expect(await worker.stop()).to.equal(0);

    // On the chain: each value once, each slot closed once.
    expect(await closings()).to.deep.equal([
      `settled ${first}`,
      `settled ${first + 1}`,
      `incomplete ${first + 2}`,
    ]);
    const own = (await uploads("BatchUploaded")).filter(([, seat]) => seat === 0);
    expect(own).to.deep.equal([
      [first, 0, hex(packBatch([values[0]![0]!, values[0]![1]!, MISSING_VALUE]))],
      [first + 1, 0, hex(packBatch(values[1]!.slice(0, 3)))],
      [first + 2, 0, hex(packBatch(values[2]!.slice(0, 3)))],
    ]);
    expect(await uploads("SupplementUploaded")).to.deep.equal([
      [first, 0, hex(packSupplement([{ position: 2, value: values[0]![2]! }]))],
    ]);
    // In the store: the same, and nothing left over.
    const store = openStore(worker.database);
    expect(countMeasurements(store)).to.equal(9);
    expect(workerStatus(store).problems).to.deep.equal({});
    expect(countSubmissions(store)).to.deep.equal([
      { kind: "settle", state: "final", count: await settlements() },
      { kind: "supplement", state: "final", count: 1 },
      { kind: "upload", state: "final", count: 3 },
    ]);
    expect(
      slotViews(store).map((slot) => [slot.slot, slot.closed, slot.closedCount, slot.uploads]),
    ).to.deep.equal([
      [first, "settled", 1, 3],
      [first + 1, "settled", 1, 2],
      [first + 2, "incomplete", 1, 1],
    ]);
    for (let k = 0; k < 3; k++) {
      const estimate = readEstimate(store, first + k)!;
      expect(estimate.missing).to.equal(k < 2 ? 0 : 3);
      // Meters without error, read in whole kW: residuals stay below the rounding.
      expectClose(estimate.angles[chain.treeOfBus.get(2)!]!, -0.01 * (k + 1), 2e-5);
      for (const [i, value] of estimate.estimated.entries()) expectClose(value, values[k]![i]!, 1);
      expect([...estimate.filled]).to.deep.equal(k < 2 ? [0, 0, 0, 0, 0, 0] : [0, 0, 0, 1, 1, 1]);
    }
    const settled = slotViews(store)[0]!;
    const estimate = readEstimate(store, first)!;
    expectClose(estimate.objective!, settled.settledObjective!, 1e-6);
    expectClose(estimate.threshold!, settled.settledThreshold!, 1e-6);
    store.close();
    return worker;
  }

  it("uploads, supplements, estimates and settles", async () => {
    const { kills, logs } = await liveThreeSlots();
    expect(kills).to.deep.equal([]);
    expect(logs.filter(({ level }) => level >= 40)).to.deep.equal([]);
  });

  for (const stage of ["reserved", "journaled", "broadcast", "included", "cursor"] as const) {
    it(`killed at each '${stage}', does everything once`, async () => {
      const killed = new Set<string>();
      const { kills } = await liveThreeSlots((at) => {
        // Once for each transaction; for the cursor, every second move.
        const key = `${at.slot} ${at.kind} ${at.block}`;
        if (at.stage !== stage || killed.has(key)) return false;
        killed.add(key);
        return stage !== "cursor" || killed.size % 2 === 1;
      });
      if (stage === "cursor") expect(kills.length).to.be.at.least(3);
      else {
        // Six or seven transactions: the first two slots may be settled together. One that was in a block when its worker
        // died is never seen to be broadcast.
        const kinds = kills.map((at) => at.split(" ")[1]!).sort((a, b) => a.localeCompare(b));
        expect(kinds).to.deep.equal([
          ...Array.from({ length: await settlements() }, () => "settle"),
          "supplement",
          "upload",
          "upload",
          "upload",
        ]);
      }
    });
  }

  it("killed with a transaction that waits in the node, sends no other", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    let killed = false;
    const worker = start(0, (at) => {
      if (at.stage !== "broadcast" || killed) return false;
      killed = true;
      return true;
    });
    await chain.mineAt(chain.start(slot) + 1);
    await chain.provider.send("evm_setAutomine", [false]);
    writeFileSync(worker.measurements, HEADER + [0, 1, 2].map((meter) => row(slot, meter, values)).join(""));
    await eventually(
      "a second life",
      () => worker.logs.filter(({ msg }) => msg === "worker started").length === 2,
    );
    const pending = (await chain.provider.send("eth_pendingTransactions", [])) as { hash: string }[];
    expect(pending).to.have.length(1);
    await chain.provider.send("evm_mine", []);
    await chain.provider.send("evm_setAutomine", [true]);
    await eventually("inclusion", () => worker.logs.some(({ msg }) => msg === "transaction included"));
    expect(await uploads("BatchUploaded")).to.deep.equal([[slot, 0, hex(packBatch(values.slice(0, 3)))]]);
    await worker.stop();
  });

  it("waits out a node that is down, says so once, and goes on", async () => {
    const proxy = new NodeDoor(chain.port);
    const port = await proxy.up();
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    await chain.mineAt(chain.start(slot) + 1);
    const worker = start(0, undefined, { rpcUrl: `http://127.0.0.1:${port}` });
    await eventually("start", () => worker.logs.some(({ msg }) => msg === "worker started"));
    await proxy.down();
    writeFileSync(worker.measurements, HEADER + [0, 1, 2].map((meter) => row(slot, meter, values)).join(""));
    const silent = (): number => worker.logs.filter(({ msg }) => msg.includes("does not answer")).length;
    await eventually("complaint", () => silent() > 0);
    await proxy.up();
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 1);
    await eventually("going on", () =>
      worker.logs.some(({ msg, failures }) => msg === "going on" && Number(failures) > 0),
    );
    expect(silent()).to.equal(1);
    expect(worker.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
    await worker.stop();
    await proxy.down();
  });

  for (const killed of [false, true]) {
    it(`settles together what is due and without alarm, the rest by itself${killed ? ", though it is killed" : ""}`, async () => {
      const first = chain.firstSlot;
      const slots = 7;
      for (let slot = first; slot < first + slots; slot++) {
        const values = trueValues(0.01 * (slot - first), -0.01);
        // The fourth has a false value, in the fifth one is missing.
        if (slot === first + 3) values[1] = values[1]! + 50_000;
        if (slot === first + 4) values[2] = MISSING_VALUE;
        await chain.mineAt(chain.start(slot) + 1);
        for (const seat of [0, 1]) {
          const batch = packBatch(values.slice(3 * seat, 3 * seat + 3));
          await (await chain.ledger.connect(chain.operators[seat]).upload(slot, batch)).wait();
        }
      }
      await chain.mineAt(chain.start(first + slots + 1));
      let kills = 0;
      const worker = start(0, ({ stage }) => killed && stage !== "cursor" && kills++ < 3);
      await eventually("settlement of all", async () => (await nextSlot()) === first + slots);
      expect(await worker.stop()).to.equal(0);
      const { filters } = chain.ledger;
      const together = await chain.ledger.queryFilter(filters.QuietSlotSettled);
      expect(together.map(({ args }) => Number(args.slot) - first)).to.deep.equal([0, 1, 2, 5, 6]);
      expect(new Set(together.map(({ transactionHash }) => transactionHash)).size).to.equal(2);
      expect(await closings()).to.deep.equal(
        Array.from({ length: slots }, (_, i) => `${i === 4 ? "incomplete" : "settled"} ${first + i}`),
      );
      const store = openStore(worker.database);
      const views = slotViews(store);
      store.close();
      for (const { slot, closed, settledObjective, settledThreshold } of views.slice(0, 3)) {
        expect([slot, closed]).to.deep.equal([slot, "settled"]);
        expect(settledObjective! < settledThreshold!).to.equal(true);
      }
    });
  }

  it("races another worker to settle, and takes losing as it comes", async () => {
    const first = chain.firstSlot;
    const both = [start(0), start(1)];
    const slots = 4;
    for (let slot = first; slot < first + slots; slot++) {
      const values = trueValues(0.01 * (slot - first), -0.01);
      await chain.mineAt(chain.start(slot) + 1);
      for (const seat of [0, 1]) {
        const rows = [0, 1, 2].map((meter) => row(slot, 3 * seat + meter, values)).join("");
        appendFileSync(source(seat), slot === first ? HEADER + rows : rows);
      }
      await eventually(
        "both batches",
        async () => (await uploads("BatchUploaded")).length === 2 * (slot - first + 1),
      );
    }
    await chain.mineAt(chain.start(first + slots + 1));
    await eventually("settlement of all", async () => (await nextSlot()) === first + slots);
    expect(await closings()).to.deep.equal(Array.from({ length: slots }, (_, k) => `settled ${first + k}`));
    for (const worker of both) {
      expect(await worker.stop()).to.equal(0);
      expect(worker.logs.filter(({ level }) => level >= 40)).to.deep.equal([]);
    }
  });

  it("sends its transactions again when the chain turns to another branch", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    await chain.mineAt(chain.start(slot) + 1);
    const snapshot: unknown = await chain.provider.send("evm_snapshot", []);
    const worker = start(0);
    writeFileSync(worker.measurements, HEADER + [0, 1, 2].map((meter) => row(slot, meter, values)).join(""));
    const included = (): unknown[] =>
      worker.logs.filter(({ msg }) => msg === "transaction included").map(({ hash }) => hash);
    await eventually("inclusion", () => included().length === 1);
    await chain.provider.send("evm_revert", [snapshot]);
    await chain.mineAt(chain.start(slot) + 5);
    await eventually("inclusion in the other branch", () => included().length === 2);
    expect(included()[1]).to.equal(included()[0]);
    expect(await uploads("BatchUploaded")).to.deep.equal([[slot, 0, hex(packBatch(values.slice(0, 3)))]]);
    await chain.mineAt(chain.start(slot + 2));
    await eventually("closing", async () => (await nextSlot()) > slot);
    await eventually(
      "the closing seen",
      () => worker.logs.filter(({ msg }) => msg === "transaction included").length >= 3,
    );
    await worker.stop();
    const store = openStore(worker.database);
    expect(slotViews(store).map((one) => [one.slot, one.uploads, one.closed, one.closedCount])).to.deep.equal(
      [[slot, 1, "incomplete", 1]],
    );
    store.close();
  });

  it("names the suspect of an alarm over a smaller claim, leaves one that is as large, concludes its own", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02).map((value, meter) => (meter === 1 ? value + 500 : value));
    const suspects = Suspects__factory.connect(await chain.ledger.suspects(), chain.provider);
    const address = async (seat: number): Promise<string> => await chain.operators[seat]!.getAddress();
    await chain.mineAt(chain.start(slot) + 1);
    for (const seat of [0, 1]) {
      const rows = [0, 1, 2].map((meter) => row(slot, 3 * seat + meter, values)).join("");
      writeFileSync(source(seat), HEADER + rows);
    }
    // The first operator's worker settles, and dies before it has named anyone. It would do so as soon as it is back, but finds no
    // node until somebody else was faster.
    const door = new NodeDoor(chain.port);
    const rpcUrl = `http://127.0.0.1:${await door.up()}`;
    let shut: Promise<void> | undefined;
    const dies = ({ kind, stage }: StageMessage): boolean => {
      if (shut !== undefined || kind !== "suspect" || stage !== "journaled") return false;
      shut = door.down();
      return true;
    };
    const first = start(0, dies, { rpcUrl });
    const uploader = start(1);
    await eventually("both batches", async () => (await uploads("BatchUploaded")).length === 2);
    await uploader.stop();
    await chain.mineAt(chain.start(slot + 2));
    await eventually("death", () => first.kills.length > 0);
    await shut;
    expect((await suspects.caseOf(slot)).named).to.equal(false);
    // Somebody accuses another meter meanwhile.
    const records = await readVersionRecords(
      GridRegistry__factory.connect(chain.contracts.registry, chain.provider),
      chain.provider,
      1n,
    );
    const wrong = nameSuspect(records, versionEstimator(records), values, 3);
    const { operators } = chain;
    await suspects.connect(operators[1]).name(slot, 3, packBatch(values), "0x", wrong.angles);
    await door.up();
    await eventually("the right claim", async () => (await suspects.caseOf(slot)).meter === 1n);
    const standing = await suspects.caseOf(slot);
    expect(standing.claimant).to.equal(await address(0));
    // The other worker finds nothing to do.
    const second = start(1);
    await eventually("a look", () => second.logs.some(({ msg }) => msg === "the suspect is named already"));
    await chain.mineAt(Number(standing.until) + 1);
    await eventually("conclusion", async () => (await suspects.caseOf(slot)).concluded);
    expect(await suspects.rightlyNamed(await address(0))).to.equal(1n);
    expect(await suspects.timesSuspected(0)).to.equal(1n);
    await first.stop();
    await second.stop();
    await door.down();
    const store = openStore(first.database);
    const kinds = countSubmissions(store).map(({ kind }) => kind);
    expect(kinds).to.include("suspect").and.include("conclude");
    store.close();
    expect(second.logs.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  it("takes the values of a meter with a key only as the meter signed them", async () => {
    const { consortium, registry, ledger } = chain.contracts;
    const operator = chain.operators[0]!;
    const meterKeys = await new MeterKeys__factory(operator).deploy(ledger, consortium, registry);
    await meterKeys.waitForDeployment();
    const address = await meterKeys.getAddress();
    const key = new Wallet(`0x${"44".repeat(32)}`);
    const place = meterPlace("flowFrom", 2);
    const slot = chain.firstSlot + 1;
    // Its second meter signs from the second slot on.
    await (await meterKeys.register(place, key.address, slot)).wait();
    const domain = { chainId: BigInt(chain.chainId), meterKeys: address };
    const signature = signReading(key.privateKey, domain, { slot, place, value: -1_000_400n });
    const lines = (rows: readonly [number, number, string, string][]): string =>
      rows
        .map(
          ([at, meter, value, mark]) =>
            `${new Date(1000 * chain.start(at)).toISOString()},${METERS[meter]},${value},kW,${mark}\n`,
        )
        .join("");

    const worker = start(0, undefined, { contracts: { ...chain.contracts, meterKeys: address } });
    await chain.mineAt(chain.start(slot) + 1);
    writeFileSync(
      worker.measurements,
      `time,meter,value,unit,signature\n${lines([
        [slot, 0, "-500", ""],
        [slot, 1, "-1000.4", ""],
        [slot, 1, "-1000.3", signature],
        [slot, 2, "0", ""],
        [slot, 1, "-1000.4", signature],
      ])}`,
    );
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 1);
    expect(await uploads("BatchUploaded")).to.deep.equal([[slot, 0, hex(packBatch([-500, -1000, 0]))]]);
    await worker.stop();
    const problems = worker.logs
      .filter(({ code }) => code !== undefined)
      .map(({ line, code }) => [line, code]);
    expect(problems).to.deep.equal([
      [3, "unsigned"],
      [4, "badSignature"],
    ]);
  });

  it("raises the alarm on a falsified value, and settles all the same", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    const worker = start(0);
    await chain.mineAt(chain.start(slot) + 1);
    const falsified = values.map((value, meter) => (meter === 1 ? value + 500 : value));
    writeFileSync(
      worker.measurements,
      HEADER + [0, 1, 2].map((meter) => row(slot, meter, falsified)).join(""),
    );
    await chain.ledger.connect(chain.operators[1]).upload(slot, packBatch(values.slice(3)));
    await eventually("both batches", async () => (await uploads("BatchUploaded")).length === 2);
    await chain.mineAt(chain.start(slot + 2));
    await eventually("settlement", async () => (await nextSlot()) > slot);
    await eventually("alarm", () => worker.logs.some(({ alarm }) => alarm === true));
    await worker.stop();
    expect(await closings()).to.deep.equal([`settled ${slot}`]);
    const store = openStore(worker.database);
    const estimate = readEstimate(store, slot)!;
    expect(estimate.objective).to.be.above(estimate.threshold!);
    // The largest normalised residual names the meter.
    expect(estimate.normalised.indexOf(Math.max(...estimate.normalised))).to.equal(1);
    store.close();
  });

  it("leaves alone a batch that its operator sent by other means, and supplements it", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    await chain.mineAt(chain.start(slot) + 1);
    const byHand = [values[0]!, MISSING_VALUE, values[2]!];
    await chain.ledger.connect(chain.operators[0]).upload(slot, packBatch(byHand));
    const worker = start(0);
    writeFileSync(worker.measurements, HEADER + [0, 1, 2].map((meter) => row(slot, meter, values)).join(""));
    await eventually("supplement", async () => (await uploads("SupplementUploaded")).length === 1);
    await worker.stop();
    expect(await uploads("BatchUploaded")).to.deep.equal([[slot, 0, hex(packBatch(byHand))]]);
    expect(await uploads("SupplementUploaded")).to.deep.equal([
      [slot, 0, hex(packSupplement([{ position: 1, value: values[1]! }]))],
    ]);
    expect(worker.logs.filter(({ level }) => level >= 40)).to.deep.equal([]);
  });

  it("goes on with the other files of a folder when one cannot be read", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    const measurements = join(folder, "inbox");
    mkdirSync(measurements);
    symlinkSync(join(folder, "nowhere"), join(measurements, "a.csv"));
    await chain.mineAt(chain.start(slot) + 1);
    const worker = start(0, undefined, { measurements });
    writeFileSync(join(measurements, "b.csv"), HEADER + row(slot, 0, values) + row(slot, 1, values));
    const json = {
      time: new Date(1000 * chain.start(slot)).toISOString(),
      meter: "line3",
      value: 1.5,
      unit: "MW",
    };
    writeFileSync(join(measurements, "c.jsonl"), `${JSON.stringify(json)}\n`);
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 1);
    expect(await uploads("BatchUploaded")).to.deep.equal([
      [slot, 0, hex(packBatch([values[0]!, values[1]!, 1500]))],
    ]);
    await worker.stop();
    expect(worker.logs.filter(({ level }) => level >= 40).map(({ msg }) => msg)).to.deep.equal([
      "file not read",
    ]);
  });

  it("reports bad rows in the log and the store, by line", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    await chain.mineAt(chain.start(slot + 1));
    const worker = start(0);
    const late = row(slot - 1, 0, values);
    writeFileSync(
      worker.measurements,
      HEADER + late + row(slot, 3, values) + row(slot, 0, values) + row(slot, 0, values),
    );
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 1);
    await worker.stop();
    const reported = worker.logs.filter(({ level }) => level === 40).map(({ line, code }) => [line, code]);
    expect(reported).to.deep.equal([
      [2, "tooLate"],
      [3, "foreignMeter"],
      [5, "duplicate"],
    ]);
    const store = openStore(worker.database, { readOnly: true });
    expect(workerStatus(store).latestProblems.map(({ line }) => line)).to.deep.equal([5, 3, 2]);
    store.close();
  });

  it("follows rules that change under it: commits, is killed, and shows what it committed to", async () => {
    const slot = chain.firstSlot;
    const z = trueValues(-0.01, 0.02);
    const killed = new Set<string>();
    const worker = start(0, ({ stage, kind }) => {
      const at = `${stage} ${kind ?? ""}`;
      const wanted = ["journaled commit", "broadcast commit", "included commit", "journaled upload"].includes(
        at,
      );
      if (!wanted || killed.has(at) || (kind === "upload" && killed.size < 3)) return false;
      killed.add(at);
      return true;
    });
    // A reading for the slot after the change, and one for a slot that the change moves in time.
    const ahead = `${new Date(1000 * chain.start(slot + 3)).toISOString()},line1,${z[0]},kW\n`;
    const rows = [0, 1, 2].map((meter) => row(slot + 1, meter, z)).join("");
    writeFileSync(worker.measurements, HEADER + ahead);
    const readings = (of: number): number => {
      const store = openStore(worker.database, { readOnly: true });
      const { size } = measurementsOfSlot(store, of);
      store.close();
      return size;
    };
    await eventually("reading", () => worker.logs.some(({ msg }) => msg === "measurements read"));
    expect(readings(slot + 3)).to.equal(1);

    const begin = chain.start(slot + 1);
    // Slots half as long from the next one on: what began two slots later is four slots later now.
    const clock = {
      genesis: begin,
      slotSeconds: SLOT_SECONDS / 2,
      cutOffSlots: 2,
      expirySlots: 10,
      commitSlots: 1,
    };
    await changeRules(slot + 1, clock, true);
    await eventually("moved reading", () => readings(slot + 5) === 1 && readings(slot + 3) === 0);

    appendFileSync(worker.measurements, rows);
    await chain.mineAt(begin + 1);
    await eventually("commitment", async () => {
      const committed = await chain.ledger.queryFilter(chain.ledger.filters.BatchCommitted);
      return committed.length === 1;
    });
    expect(await uploads("BatchUploaded")).to.deep.equal([]);
    const other = chain.ledger.connect(chain.operators[1]);
    const batch = packBatch(z.slice(3));
    const salt = new Uint8Array(32).fill(7);
    await other.commit(slot + 1, commitment(slot + 1, 1, salt, batch));
    await chain.mineAt(begin + SLOT_SECONDS);
    await other.reveal(slot + 1, batch, salt);
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 2);
    const own = (await uploads("BatchUploaded")).filter(([, seat]) => seat === 0);
    expect(own).to.deep.equal([[slot + 1, 0, hex(packBatch(z.slice(0, 3)))]]);
    await chain.mineAt(begin + (3 * SLOT_SECONDS) / 2);
    await eventually("settlement", async () => (await nextSlot()) > slot + 1);
    expect(await closings()).to.deep.equal([`incomplete ${slot}`, `settled ${slot + 1}`]);
    expect([...killed]).to.include.members(["journaled commit", "broadcast commit", "journaled upload"]);
    expect(await worker.stop()).to.equal(0);
  });

  it("settles an incomplete slot by what was reported, where the rules have an anomaly penalised even so", async () => {
    const slot = chain.firstSlot + 1;
    await changeRules(slot, sameClock(slot), true);
    const values = trueValues(0.01, 0.02);
    values[1] = MISSING_VALUE;
    // Falsified, and told from the rest without line 2.
    values[2] = values[2]! + 500;
    await uploadBoth(slot, values);
    await chain.mineAt(chain.start(slot + 2));
    const worker = start(0);
    // At the cut-off: well before the grace ends.
    await eventually("settlement", async () => (await nextSlot()) > slot);
    expect(await closings()).to.deep.equal([`incomplete ${slot - 1}`, `reported ${slot}`]);
    const [event] = await chain.ledger.queryFilter(chain.ledger.filters.IncompleteSlotSettled(slot));
    const { missing, objectiveQ32, thresholdQ32 } = event!.args;
    expect(missing).to.equal(1n);
    expect(objectiveQ32 > thresholdQ32).to.equal(true);
    await eventually("the closing seen", () => {
      const store = openStore(worker.database, { readOnly: true });
      const view = slotViews(store).find((one) => one.slot === slot);
      store.close();
      return view?.closed === "settled" && view.closedMissing === 1;
    });
    expect(await worker.stop()).to.equal(0);
    const store = openStore(worker.database);
    const estimate = readEstimate(store, slot)!;
    store.close();
    expectClose(estimate.objective!, Number(objectiveQ32) / 2 ** 32, 1e-5 * estimate.objective!);
    expectClose(estimate.threshold!, Number(thresholdQ32) / 2 ** 32, 1e-6);
    expect(worker.logs.filter(({ level }) => level >= 40)).to.deep.equal([]);
  });

  it("closes an incomplete slot after its grace where reported meters have no tree, or leave nothing over", async () => {
    const slot = chain.firstSlot + 1;
    await changeRules(slot, sameClock(slot, 3), true);
    const values = trueValues(0.01, 0.02);
    // Bus 3 is seen by injections alone; then two meters for two states, with a tree.
    const untied = values.map((value, meter) => (meter === 1 || meter === 2 ? MISSING_VALUE : value));
    const bare = values.map((value, meter) => (meter > 1 ? MISSING_VALUE : value));
    await uploadBoth(slot, untied);
    await uploadBoth(slot + 1, bare);
    // Well before the grace ends: blocks have the time of day that has passed since.
    await chain.mineAt(chain.start(slot + 5) - SLOT_SECONDS / 2);
    const worker = start(0);
    const looks = (of: number): boolean =>
      worker.logs.some(({ msg, slot: at }) => msg === "slot estimated" && at === of);
    await eventually("both estimates", () => looks(slot) && looks(slot + 1));
    await eventually("the slot before closed", async () => (await nextSlot()) === slot);
    // The grace of three slots is over, for one slot and then for the other.
    await chain.mineAt(chain.start(slot + 5));
    await eventually("the first closed", async () => (await nextSlot()) === slot + 1);
    await chain.mineAt(chain.start(slot + 6));
    await eventually("the second closed", async () => (await nextSlot()) === slot + 2);
    expect(await worker.stop()).to.equal(0);
    expect(await closings()).to.deep.equal([slot - 1, slot, slot + 1].map((one) => `incomplete ${one}`));
    const blocks = await Promise.all(
      (await chain.ledger.queryFilter(chain.ledger.filters.SlotClosedIncomplete)).map(
        async (event) => (await event.getBlock()).timestamp,
      ),
    );
    expect(blocks[1]! >= chain.start(slot + 5) && blocks[2]! >= chain.start(slot + 6)).to.equal(true);
    // Nothing was tried that the ledger refuses; that slots after these have no values is said.
    const warned = worker.logs.filter(({ level }) => level >= 40);
    expect(warned.filter(({ alert }) => alert !== "slotGap")).to.deep.equal([]);
  });

  it("settles the slots before a change of the rules together, and those from it on", async () => {
    const first = chain.firstSlot;
    const change = first + 3;
    await changeRules(change, sameClock(change, 9), true);
    for (let slot = first; slot < change + 2; slot++) {
      await uploadBoth(slot, trueValues(0.01 * (slot - first), -0.01));
    }
    await chain.mineAt(chain.start(change + 3));
    const worker = start(0);
    await eventually("settlement of all", async () => (await nextSlot()) === change + 2);
    expect(await worker.stop()).to.equal(0);
    const together = await chain.ledger.queryFilter(chain.ledger.filters.QuietSlotSettled);
    const byTransaction = Map.groupBy(together, ({ transactionHash }) => transactionHash);
    expect(
      [...byTransaction.values()].map((events) => events.map(({ args }) => Number(args.slot) - first)),
    ).to.deep.equal([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(worker.logs.filter(({ level }) => level >= 40)).to.deep.equal([]);
  });

  it("sends a supplement before the cut-off even if values are still missing, and only one", async () => {
    const slot = chain.firstSlot;
    const values = trueValues(0.01, 0.02);
    const worker = start(0);
    await chain.mineAt(chain.start(slot) + 1);
    writeFileSync(worker.measurements, HEADER + row(slot, 0, values));
    await chain.mineAt(chain.start(slot + 1));
    await eventually("batch", async () => (await uploads("BatchUploaded")).length === 1);
    appendFileSync(worker.measurements, row(slot, 1, values));
    await chain.mineAt(chain.start(slot + 2) - SLOT_SECONDS / 2);
    await eventually("supplement", async () => (await uploads("SupplementUploaded")).length === 1);
    appendFileSync(worker.measurements, row(slot, 2, values));
    await chain.mineAt(chain.start(slot + 2) + 1);
    await eventually("closing", async () => (await nextSlot()) > slot);
    expect(await uploads("SupplementUploaded")).to.deep.equal([
      [slot, 0, hex(packSupplement([{ position: 1, value: values[1]! }]))],
    ]);
    await worker.stop();
  });
});

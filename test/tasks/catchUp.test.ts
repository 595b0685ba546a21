import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { SlotLedger__factory } from "../../typechain-types/index.js";
import type { Deployment } from "../../workers/chain/deploymentFile.js";
import { readSlot } from "../../workers/chain/readSlot.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { noise } from "../../workers/grid/noise.js";
import { partition } from "../../workers/grid/partition.js";
import { powerFlow } from "../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../workers/grid/trueMeasurements.js";
import { writePlanCsv } from "../../workers/grid/writePlanCsv.js";
import { joinSlots } from "../../workers/measurement/joinSlots.js";
import { packAngles, unpackAngles } from "../../workers/measurement/packValues.js";
import { planSlot } from "../../workers/measurement/planSlot.js";
import { versionEstimator } from "../../workers/measurement/versionEstimator.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const NAMES = ["West", "Centre"];
const SLOT_SECONDS = 1_000;
/** Slots whose settlement has to be by itself: one with a false value, one with a value missing. */
const [ALARM, INCOMPLETE] = [2, 3];
const COUNT = 6;

interface Checked {
  readonly slots: readonly {
    readonly slot: number;
    readonly sound: boolean;
    readonly reason: string | null;
  }[];
  readonly wrong: readonly number[];
}

interface CaughtUp {
  readonly slots: readonly {
    readonly slot: number;
    readonly closed: string;
    readonly together: number;
    readonly missing: number;
    readonly alarm: boolean;
    readonly objective: number | null;
    readonly threshold: number | null;
  }[];
  readonly transactions: number;
  readonly nextSlot: number;
}

describe("catching up on the command line", () => {
  const folder = temporaryFolder();
  const deployment = join(folder, "here.json");
  const at = (name: string): string => join(folder, name);
  const grid = compileGrid(builtinCase("ieee14"));
  const plan = defaultPlan(grid, partition(grid, NAMES));
  const exact = trueMeasurements(grid, plan, powerFlow(grid));
  let first = 0;

  before(async () => {
    const { ethers, networkHelpers } = await network.getOrCreate();
    const accounts = await ethers.getSigners();
    const founders = NAMES.map((name, i) => ({ name, account: accounts[i + 11]!.address }));
    const clock = { slotSeconds: SLOT_SECONDS, cutOffSlots: 1, expirySlots: 50 };
    writeFileSync(at("founders.json"), JSON.stringify({ founders, vetoSeconds: 0, clock }));
    writeFileSync(at("plan.csv"), writePlanCsv(plan));
    await jsonOf("deploy", { founders: at("founders.json"), deployment });
    const file = { deployment, file: "ieee14", plan: at("plan.csv"), as: NAMES[0] };
    await jsonOf("grid propose", file);
    await jsonOf("grid prove", { deployment, gridVersion: 1 });
    for (const as of NAMES) await jsonOf("grid approve", { deployment, gridVersion: 1, as });
    first = (await jsonOf<{ nextSlot: number }>("grid activate", { deployment, gridVersion: 1 })).nextSlot;

    const { contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    const ledger = SlotLedger__factory.connect(contracts.ledger, accounts[0]);
    const [{ start: genesis }] = await readLedgerRules(ledger);
    for (let i = 0; i < COUNT; i++) {
      const time = genesis + (first + i) * SLOT_SECONDS + SLOT_SECONDS / 2;
      if (time > (await networkHelpers.time.latest())) await networkHelpers.time.increaseTo(time);
      const values = noise(plan, exact, 3, i);
      if (i === ALARM) values[5] = values[5]! + 40_000;
      const rows = plan.meters.map(({ id }, meter) => {
        const missing = i === INCOMPLETE && meter === 8;
        return `${id},${missing ? "" : values[meter]}`;
      });
      writeFileSync(at("values.csv"), `meter,value\n${rows.join("\n")}\n`);
      for (const as of NAMES) {
        await jsonOf("slot upload", { deployment, slot: first + i, file: at("values.csv"), as });
      }
    }
    await networkHelpers.time.increaseTo(genesis + (first + COUNT + 1) * SLOT_SECONDS);
  });

  it("tells which slots can be settled together", async () => {
    const { slots, wrong } = await jsonOf<Checked>("slot check", {
      deployment,
      first,
      last: first + COUNT - 1,
    });
    expect(wrong).to.deep.equal([first + ALARM, first + INCOMPLETE]);
    expect(slots.map(({ slot }) => slot)).to.deep.equal(Array.from({ length: COUNT }, (_, i) => first + i));
    expect(slots[ALARM]!.reason).to.include("J is above τ");
    expect(slots[INCOMPLETE]!.reason).to.include("1 values are missing");
  });

  it("finds the slot that a refused transaction is wrong in", async () => {
    const { ethers } = await network.getOrCreate();
    const { contracts: addresses } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    const contracts = connectContracts(addresses, (await ethers.getSigners())[0]!);
    const { ledger, registry } = contracts;
    const { records } = await readVersion(registry, ethers.provider, 1);
    const quiet = [];
    for (const slot of [first, first + 1]) {
      const uploads = await readSlot(ledger, ethers.provider, slot, records);
      const made = planSlot(records, versionEstimator(records), uploads, {
        normalQuantile: 2.33,
        penaliseIncomplete: false,
      });
      if (made.kind !== "quiet") throw new Error(`slot ${slot}: ${made.kind}`);
      quiet.push(made.quiet);
    }
    const honest = quiet[1]!;
    const off = unpackAngles(honest.angles).map((angle, i) => (i === 7 ? angle + 2 ** 28 : angle));
    const values = honest.values.slice();
    values[values.length - 1]! ^= 1;
    const angles = packAngles(off);
    for (const [wrong, reason] of [
      [{ ...honest, angles }, "J of the angles is above τ"],
      [{ ...honest, values }, "the values of seat 1 are not those it uploaded"],
      [
        { ...honest, supplements: Uint8Array.of(0, 0, 0) },
        "the supplements are not those that were uploaded",
      ],
    ] as const) {
      const call = joinSlots([quiet[0]!, wrong]);
      const sent = ledger.settleMany(call.first, call.count, call.values, call.supplements, call.angles, {
        gasLimit: 5_000_000,
      });
      await sent.then(
        async (response) => await response.wait(),
        () => undefined,
      );
      const [transaction] = (await ethers.provider.getBlock("latest"))!.transactions;
      expect((await ethers.provider.getTransactionReceipt(transaction!))!.status).to.equal(0);
      const checked = await jsonOf<Checked>("slot check", {
        deployment,
        first,
        last: first + 3,
        transaction,
      });
      expect(checked.slots.map(({ sound }) => sound)).to.deep.equal([true, false]);
      expect(checked.slots[1]!.reason).to.equal(reason);
    }
  });

  it("says what it cannot check", async () => {
    const unknown = `0x${"00".repeat(32)}`;
    for (const [args, message] of [
      [{ first, last: first - 1 }, /expected the first and the last/],
      [{ first, last: first + 256 }, /of up to 256 slots/],
      [{ first, last: first, transaction: unknown }, /not known to the node/],
      [{ first, last: first, transaction: "0x12" }, /not known to the node/],
    ] as const) {
      const { error } = await runTask("slot check", { deployment, ...args });
      expect(error).to.match(message);
    }
    const { error } = await runTask("slot catch-up", { deployment, until: "soon" });
    expect(error).to.include("expected the number of a slot, found soon");
  });

  it("settles up to a slot, and then all that are due: quiet ones together, others by themselves, in order", async () => {
    const early = await jsonOf<CaughtUp>("slot catch-up", { deployment, until: String(first) });
    expect(early.slots.map(({ slot, together }) => [slot, together])).to.deep.equal([[first, 1]]);
    expect(early.nextSlot).to.equal(first + 1);

    const { stdout, stderr, error } = await runTask("slot catch-up", { deployment, json: "-" });
    expect(error).to.equal(undefined);
    expect(stderr).to.include(`slots ${first + 1} to ${first + 5} of ${first + 5} closed`);
    const { slots, transactions, nextSlot } = JSON.parse(stdout) as CaughtUp;
    expect(
      slots.map(({ slot, closed, together, missing, alarm }) => [
        slot - first,
        closed,
        together,
        missing,
        alarm,
      ]),
    ).to.deep.equal([
      [1, "settled", 1, 0, false],
      [2, "settled", 1, 0, true],
      [3, "incomplete", 1, 1, false],
      [4, "settled", 2, 0, false],
      [5, "settled", 2, 0, false],
    ]);
    expect(transactions).to.equal(4);
    expect(nextSlot).to.equal(first + COUNT);
    for (const { objective, threshold, alarm } of slots) {
      if (objective !== null) expect(objective > threshold!).to.equal(alarm);
    }
    const again = await runTask("slot catch-up", { deployment });
    expect(again.stdout).to.include(`Nothing is due: slot ${first + COUNT} is next`);
  });

  it("shows a slot that was settled together with others", async () => {
    const slot = first + 4;
    const shown = await jsonOf<{ state: string; objective: number; overStatement: null; together: boolean }>(
      "slot show",
      { deployment, slot },
    );
    expect(shown).to.include({ state: "settled", overStatement: null, together: true });
    expect(shown.objective).to.be.above(0);
    const { stdout } = await runTask("slot show", { deployment, slot });
    expect(stdout).to.include("settled together with others, J is at most this");
  });
});

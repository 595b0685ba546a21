import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { SlotLedger__factory, SlotRules__factory } from "../../typechain-types/index.js";
import type { Deployment } from "../../workers/chain/deploymentFile.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { noise } from "../../workers/grid/noise.js";
import { partition } from "../../workers/grid/partition.js";
import { powerFlow } from "../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../workers/grid/trueMeasurements.js";
import { writePlanCsv } from "../../workers/grid/writePlanCsv.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const NAMES = ["Upper", "Lower"];
const SLOT_SECONDS = 1_000;
/** Slots to the end of the commit phase, and to the cut-off, both after the slot's end; grace after that. */
const [COMMIT, CUT_OFF, EXPIRY] = [1, 2, 5];

interface Uploaded {
  readonly kind: string;
  readonly operator: string;
  readonly meters: number;
  readonly values: number;
  readonly missing: number;
}

interface Settled {
  readonly closed: string;
  readonly missing: number;
  readonly alarm: boolean;
  readonly moved: readonly { readonly moved: string }[];
}

describe("a slot with a commit phase on the command line", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const deployment = at("here.json");
  const grid = compileGrid(builtinCase("ieee14"));
  const plan = defaultPlan(grid, partition(grid, NAMES));
  const exact = trueMeasurements(grid, plan, powerFlow(grid));
  let genesis = 0;
  let slot = 0;

  /** Moves the chain's time to the start of a slot, or somewhat later. */
  const goTo = async (number: number, later = 10): Promise<void> => {
    const { networkHelpers } = await network.getOrCreate();
    await networkHelpers.time.increaseTo(genesis + number * SLOT_SECONDS + later);
  };
  /** Writes a file of readings; of some meters there is none, and others' are false by so many kW. */
  const write = (
    name: string,
    seed: number,
    missing: readonly string[] = [],
    off: Record<string, number> = {},
  ) => {
    const values = noise(plan, exact, 5, seed);
    const rows = plan.meters.map(
      ({ id }, i) => `${id},${missing.includes(id) ? "" : values[i]! + (off[id] ?? 0)}`,
    );
    writeFileSync(at(name), `meter,value\n${rows.join("\n")}\n`);
    return values;
  };
  const upload = async (as: string, file: string, of = slot) =>
    await jsonOf<Uploaded>("slot upload", { deployment, slot: of, file: at(file), as });
  const refused = async (as: string, file: string, of = slot): Promise<string> =>
    (await runTask("slot upload", { deployment, slot: of, file: at(file), as })).error ?? "not refused";
  const ledgerOf = async () => {
    const { ethers } = await network.getOrCreate();
    const { contracts } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
    return SlotLedger__factory.connect(contracts.ledger, ethers.provider);
  };

  before(async () => {
    const { ethers } = await network.getOrCreate();
    const accounts = await ethers.getSigners();
    const founders = NAMES.map((name, i) => ({ name, account: accounts[i + 14]!.address }));
    const clock = {
      slotSeconds: SLOT_SECONDS,
      cutOffSlots: CUT_OFF,
      expirySlots: EXPIRY,
      commitSlots: COMMIT,
    };
    const terms = { penaliseIncomplete: true };
    writeFileSync(at("founders.json"), JSON.stringify({ founders, vetoSeconds: 0, clock, terms }));
    writeFileSync(at("plan.csv"), writePlanCsv(plan));
    await jsonOf("deploy", { founders: at("founders.json"), deployment });
    const file = { deployment, file: "ieee14", plan: at("plan.csv"), as: NAMES[0] };
    await jsonOf("grid propose", file);
    await jsonOf("grid prove", { deployment, gridVersion: 1 });
    for (const as of NAMES) await jsonOf("grid approve", { deployment, gridVersion: 1, as });
    slot = (await jsonOf<{ nextSlot: number }>("grid activate", { deployment, gridVersion: 1 })).nextSlot;
    ({ start: genesis } = await connectAll(deployment));
  });

  it("commits, shows the same later, and is settled", async () => {
    write("first.csv", 0);
    expect(await refused("Upper", "first.csv")).to.include("SlotLedgerNotOpen");
    await goTo(slot);
    const ledger = await ledgerOf();
    for (const as of NAMES) {
      const sent = await upload(as, "first.csv");
      expect(sent).to.include({ kind: "commit", operator: as, missing: 0 });
      expect(sent.values).to.equal(sent.meters);
    }
    expect(await ledger.queryFilter(ledger.filters.BatchCommitted(slot))).to.have.length(2);
    expect(await ledger.queryFilter(ledger.filters.BatchUploaded(slot))).to.have.length(0);
    // What was committed to stands: nothing of it can be changed, and nothing be shown yet.
    expect(await refused("Upper", "first.csv")).to.include("SlotLedgerAlreadyCommitted");
    write("other.csv", 1);
    expect(await refused("Upper", "other.csv")).to.include("SlotLedgerAlreadyCommitted");

    await goTo(slot + 1 + COMMIT);
    expect(await refused("Upper", "other.csv")).to.include("SlotLedgerCommitmentMismatch");
    for (const as of NAMES)
      expect(await upload(as, "first.csv")).to.include({ kind: "reveal", operator: as });
    const shown = await ledger.queryFilter(ledger.filters.BatchUploaded(slot));
    expect(shown.map(({ args }) => Number(args.seat))).to.deep.equal([0, 1]);
    expect(await refused("Upper", "first.csv")).to.match(
      /uploaded its batch already, and a slot with a commit phase takes no supplement/,
    );

    expect((await runTask("slot settle", { deployment })).error).to.include("SlotLedgerTooEarly");
    await goTo(slot + 1 + CUT_OFF);
    const settled = await jsonOf<Settled>("slot settle", { deployment });
    expect(settled).to.include({ closed: "settled", missing: 0, alarm: false });
    expect(Number(await ledger.nextSlot())).to.equal(slot + 1);
  });

  it("takes nothing of who committed to nothing, or shows too late; its values are missing", async () => {
    // Slots that had begun before are over without a value.
    const late = slot + 5;
    write("late.csv", 2);
    await goTo(late);
    const { stdout } = await runTask("slot upload", {
      deployment,
      slot: late,
      file: at("late.csv"),
      as: "Upper",
    });
    expect(stdout).to.include("commitment: send the same file again once the commit phase is over");
    await goTo(late + 1 + COMMIT);
    expect(await refused("Lower", "late.csv", late)).to.include("SlotLedgerNoCommitment");
    await goTo(late + 1 + CUT_OFF);
    expect(await refused("Upper", "late.csv", late)).to.include("SlotLedgerCutOff");
    const shown = await jsonOf<{ missing: number }>("slot show", { deployment, slot: late });
    expect(shown.missing).to.equal(plan.meters.length);
    slot = late + 10;
  });

  it("charges an anomaly where a value is missing, and says so; waits for the grace where none can be shown", async () => {
    await goTo(slot);
    // All slots before are over, and long expired.
    const earlier = await jsonOf<{ slots: { closed: string }[] }>("slot catch-up", {
      deployment,
      until: String(slot - 1 - CUT_OFF - EXPIRY - 1),
    });
    expect(new Set(earlier.slots.map(({ closed }) => closed))).to.deep.equal(new Set(["incomplete"]));
    const flows = plan.meters.filter(({ kind }) => kind !== "injection");
    const injection = plan.meters.find(({ kind }) => kind === "injection")!;
    write("anomaly.csv", 3, [injection.id], { [flows[0]!.id]: 60_000 });
    // Without any flow no tree of reported meters spans the grid.
    write(
      "blind.csv",
      4,
      flows.map(({ id }) => id),
    );
    for (const as of NAMES) {
      await upload(as, "anomaly.csv");
    }
    await goTo(slot + 1);
    for (const as of NAMES) await upload(as, "blind.csv", slot + 1);
    await goTo(slot + 1 + COMMIT);
    for (const as of NAMES) await upload(as, "anomaly.csv");
    await goTo(slot + 2 + COMMIT);
    for (const as of NAMES) await upload(as, "blind.csv", slot + 1);
    await goTo(slot + 2 + CUT_OFF + EXPIRY, -200);

    const { stdout, error } = await runTask("slot catch-up", { deployment, until: String(slot) });
    expect(error).to.equal(undefined);
    expect(stdout).to.match(new RegExp(`${slot} +.? *incomplete, by certificate`));
    const ledger = await ledgerOf();
    const [event] = await ledger.queryFilter(ledger.filters.IncompleteSlotSettled(slot));
    expect(event!.args.missing).to.equal(1n);
    expect(event!.args.objectiveQ32 > event!.args.thresholdQ32).to.equal(true);

    for (const task of ["slot settle", "slot catch-up"]) {
      const { error: early } = await runTask(task, {
        deployment,
        ...(task === "slot catch-up" && { until: String(slot + 1) }),
      });
      expect(early).to.match(/what was reported has no certificate; it can be closed without one from 20/);
    }
    await goTo(slot + 2 + CUT_OFF + EXPIRY);
    expect(await jsonOf<Settled>("slot settle", { deployment })).to.include({
      closed: "incomplete",
      missing: flows.length,
    });
    slot += 2;
  });

  it("catches up to a change of the rules together, and from it on in another transaction", async () => {
    const { ethers, networkHelpers } = await network.getOrCreate();
    const ledger = await ledgerOf();
    const { start, rules, governance } = await connectAll(deployment);
    expect(start).to.equal(genesis);
    const now = Math.floor(((await networkHelpers.time.latest()) - genesis) / SLOT_SECONDS);
    const change = now + 3;
    await networkHelpers.impersonateAccount(governance);
    await networkHelpers.setBalance(governance, 10n ** 20n);
    const { terms } = await rules.rules();
    const clock = {
      genesis: genesis + change * SLOT_SECONDS,
      slotSeconds: SLOT_SECONDS,
      cutOffSlots: 1,
      expirySlots: EXPIRY,
      commitSlots: 0,
    };
    await rules.connect(await ethers.getSigner(governance)).change(change, clock, {
      reward: terms.reward,
      missingPenalty: terms.missingPenalty,
      anomalyPenalty: terms.anomalyPenalty,
      normalQuantileQ32: terms.normalQuantileQ32,
      penaliseIncomplete: false,
    });
    // Two slots before the change, three after it; in those the same command uploads at once.
    for (let of = change - 2; of < change + 3; of++) {
      await goTo(of);
      write(`${of}.csv`, of - change + 10);
      if (of - 2 >= change - 2 && of - 2 < change) {
        for (const as of NAMES)
          expect(await upload(as, `${of - 2}.csv`, of - 2)).to.include({ kind: "reveal" });
      }
      const kind = of < change ? "commit" : "upload";
      for (const as of NAMES) expect(await upload(as, `${of}.csv`, of)).to.include({ kind });
    }
    await goTo(change + 2 + CUT_OFF + EXPIRY);
    const { slots } = await jsonOf<{ slots: { slot: number; together: number; closed: string }[] }>(
      "slot catch-up",
      { deployment, until: String(change + 2) },
    );
    const quiet = slots.filter(({ closed }) => closed === "settled");
    expect(quiet.map(({ slot: one, together }) => [one - change, together])).to.deep.equal([
      [-2, 2],
      [-1, 2],
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(Number(await ledger.nextSlot())).to.equal(change + 3);
  });
});

/** The first rules' start, and who may change them. */
async function connectAll(deployment: string) {
  const { ethers } = await network.getOrCreate();
  const { contracts: addresses } = JSON.parse(readFileSync(deployment, "utf8")) as Deployment;
  const { ledger, consortium } = connectContracts(addresses, (await ethers.getSigners())[0]!);
  const rules = SlotRules__factory.connect(await ledger.slotRules(), ethers.provider);
  return {
    rules,
    start: Number((await rules.rulesAt(0)).start),
    governance: await consortium.governance(),
  };
}

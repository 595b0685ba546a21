import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { builtinCase } from "../../workers/grid/builtinCase.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { partition } from "../../workers/grid/partition.js";
import { powerFlow } from "../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../workers/grid/trueMeasurements.js";
import { writePlanCsv } from "../../workers/grid/writePlanCsv.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { jsonOf, runTask } from "./runTask.js";

const NAMES = ["North", "South"];
const SLOT_SECONDS = 1_000;

describe("the command line, on a grid with injection meters only", () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  const deployment = at("deployment.json");
  const grid = compileGrid(builtinCase("ieee14"));
  const whole = defaultPlan(grid, partition(grid, NAMES));
  const plan = { ...whole, meters: whole.meters.filter(({ kind }) => kind === "injection") };
  let genesis = 0;
  let slot = 0;

  /** Moves the chain's time to the middle of a slot. */
  const timeOf = async (number: number): Promise<void> => {
    const { networkHelpers } = await network.getOrCreate();
    const time = genesis + number * SLOT_SECONDS + SLOT_SECONDS / 2;
    if (time > (await networkHelpers.time.latest())) await networkHelpers.time.increaseTo(time);
  };

  before(async () => {
    const { ethers } = await network.getOrCreate();
    const accounts = await ethers.getSigners();
    const founders = NAMES.map((name, i) => ({ name, account: accounts[i + 1]!.address }));
    const clock = { slotSeconds: SLOT_SECONDS, cutOffSlots: 1, expirySlots: 5 };
    writeFileSync(at("founders.json"), JSON.stringify({ founders, vetoSeconds: 60, clock }));
    writeFileSync(at("plan.csv"), writePlanCsv(plan));
    genesis = (await ethers.provider.getBlock("latest"))!.timestamp;
    await jsonOf("deploy", { founders: at("founders.json"), deployment });
  });

  it("names the buses that no meter sees", async () => {
    const seen = plan.meters.filter(({ place }) => place !== 7 && place !== 8);
    writeFileSync(at("blind.csv"), writePlanCsv({ ...plan, meters: seen }));
    const args = { deployment, file: "ieee14", plan: at("blind.csv"), as: "North" };
    expect((await runTask("grid propose", args)).error).to.match(/not observable: .*\b8\b/);
  });

  it("proposes, proves by a factor, and activates", async () => {
    interface Shown {
      readonly status: string;
      readonly factored: boolean;
      readonly eigenBound: string | null;
      readonly differences: string[];
    }
    const show = async () => await jsonOf<Shown>("grid show", { deployment, gridVersion: "1" });
    const args = { deployment, file: "ieee14", plan: at("plan.csv"), as: "North" };
    expect(await jsonOf("grid propose", args)).to.include({ version: 1, factored: true });
    expect(await show()).to.deep.include({ status: "proposed", factored: true, differences: [] });
    const proved = await jsonOf<{ partsProved: number; partCount: number; vetoUntil: number }>("grid prove", {
      deployment,
      gridVersion: 1,
    });
    expect(proved.partsProved).to.equal(proved.partCount);
    expect(BigInt((await show()).eigenBound!) > 0n).to.equal(true);
    expect((await runTask("grid show", { deployment, gridVersion: "1" })).stdout).to.match(
      /proved observable by +.?.?a factor/,
    );
    for (const as of NAMES) await jsonOf("grid approve", { deployment, gridVersion: 1, as });
    const { networkHelpers } = await network.getOrCreate();
    await networkHelpers.time.increaseTo(proved.vetoUntil + 1);
    slot = (await jsonOf<{ nextSlot: number }>("grid activate", { deployment, gridVersion: 1 })).nextSlot;
  });

  it("settles a slot; the export gives the power flow back", async () => {
    const flow = powerFlow(grid);
    const exact = trueMeasurements(grid, plan, flow);
    const rows = plan.meters.map(({ id }, i) => `${id},${exact[i]}`);
    writeFileSync(at("values.csv"), `meter,value\n${rows.join("\n")}\n`);
    await timeOf(slot);
    for (const as of NAMES) await jsonOf("slot upload", { deployment, slot, file: at("values.csv"), as });
    await timeOf(slot + 2);
    const settled = await jsonOf<{ closed: string; objective: number; overStatement: number }>(
      "slot settle",
      {
        deployment,
      },
    );
    expect(settled.closed).to.equal("settled");
    expect(settled.objective < 1e-3 && settled.overStatement < 1e-9).to.equal(true);
    const { stdout } = await runTask("slot export", { deployment, slot, format: "json", out: "-" });
    const { buses } = JSON.parse(stdout) as { buses: { bus: number; angleRad: number }[] };
    for (const [i, { angleRad }] of buses.entries()) {
      expect(Math.abs(angleRad - flow.angleRad[i]!)).to.be.below(1e-4);
    }
  });
});

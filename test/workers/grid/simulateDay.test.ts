import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { loadOfDay } from "../../../workers/grid/loadOfDay.js";
import { partition } from "../../../workers/grid/partition.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { simulateDay } from "../../../workers/grid/simulateDay.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import { writeReadings } from "../../../workers/measurement/writeReadings.js";

describe("a simulated day", () => {
  const grid = compileGrid(builtinCase("ieee14"));
  const plan = defaultPlan(grid, partition(grid, ["A", "B"]));
  const slots = 48;
  const day = simulateDay(grid, plan, slots, 7);

  it("has a load that is least before dawn, most after noon, and the same a day later", () => {
    const hours = Array.from({ length: 240 }, (_, i) => i / 10);
    const load = hours.map(loadOfDay);
    const at = (value: number): number => hours[load.indexOf(value)]!;
    expect(at(Math.min(...load))).to.be.within(3, 6);
    expect(at(Math.max(...load))).to.be.within(12, 15);
    expect(Math.min(...load)).to.be.within(0.59, 0.62);
    expect(Math.max(...load)).to.be.within(0.92, 0.94);
    for (const hour of hours) expect(Math.abs(loadOfDay(hour + 24) - loadOfDay(hour))).to.be.below(1e-12);
  });

  it("follows the power flow of the case at the part of each hour, within the meters' errors", () => {
    // The case has no phase shifter: a DC power flow is linear in what is injected.
    const exact = trueMeasurements(grid, plan, powerFlow(grid));
    const errors = day.flatMap((values, slot) =>
      plan.meters.map(({ sigma }, i) => (values[i]! - loadOfDay((24 * slot) / slots) * exact[i]!) / sigma),
    );
    const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
    const spread = errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
    expect(errors).to.have.length(slots * plan.meters.length);
    expect(Math.abs(mean)).to.be.below(4 / Math.sqrt(errors.length));
    expect(Math.abs(spread - 1)).to.be.below(4 * Math.sqrt(2 / errors.length));
    expect(Math.max(...errors.map(Math.abs))).to.be.below(6);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(simulateDay(grid, plan, slots, 7)).to.deep.equal(day);
    expect(simulateDay(grid, plan, slots, 8)).to.not.deep.equal(day);
  });

  it("is written as a file for each operator, with its own meters and the slots' starts", () => {
    const starts = day.map((_, i) => 1_767_225_600 + 900 * i);
    const files = writeReadings(plan, starts, day);
    expect(files.map(({ operator }) => operator).sort()).to.deep.equal(["A", "B"]);
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).to.equal(slots * plan.meters.length);
    for (const { operator, rows, csv } of files) {
      const [head, ...lines] = csv.trimEnd().split("\n");
      expect(head).to.equal("time,meter,value,unit");
      expect(lines).to.have.length(rows);
      for (const line of lines) {
        const [time, id, value, unit] = line.split(",");
        const meter = plan.meters.findIndex((one) => one.id === id);
        const slot = (Date.parse(time!) / 1000 - 1_767_225_600) / 900;
        expect(plan.meters[meter]!.owner).to.equal(operator);
        expect(Number(value)).to.equal(day[slot]![meter]!);
        expect(unit).to.equal("kW");
      }
    }
  });
});

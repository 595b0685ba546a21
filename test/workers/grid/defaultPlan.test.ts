import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { checkPlan } from "../../../workers/grid/checkPlan.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { GridModelError } from "../../../workers/grid/errors.js";
import { meterOwner } from "../../../workers/grid/meterOwner.js";
import { partition } from "../../../workers/grid/partition.js";
import { itForEachCase } from "./realCases.js";

const grid = compileGrid(builtinCase("ieee14"));
const divided = partition(grid, ["North", "South"]);
const ownerOfBus = (index: number): string => divided.names[divided.partOfBus[index]!]!;

describe("defaultPlan", () => {
  it("has a flow at the from end of every line and an injection at every bus", () => {
    const { meters, zeroInjections } = defaultPlan(grid, divided);
    expect(meters).to.have.length(20 + 14);
    expect(meters[0]).to.deep.include({ id: "F1", kind: "flowFrom", place: 1, sigma: 800 });
    expect(meters[33]).to.deep.include({ id: "I14", kind: "injection", place: 14, sigma: 1000 });
    expect(zeroInjections).to.deep.equal([]);
  });

  it("adds the to ends on request", () => {
    const { meters } = defaultPlan(grid, divided, { bothEnds: true });
    expect(meters).to.have.length(20 + 20 + 14);
    expect(meters[20]).to.deep.include({ id: "T1", kind: "flowTo", place: 1, sigma: 800 });
  });

  it("gives a meter to the owner of its bus, a tie line's to those of its ends", () => {
    const { meters } = defaultPlan(grid, divided, { bothEnds: true });
    for (const [index, { from, to }] of grid.lines.entries()) {
      expect(meters[index]!.owner).to.equal(ownerOfBus(from));
      expect(meters[20 + index]!.owner).to.equal(ownerOfBus(to));
    }
    for (const index of grid.buses.keys()) expect(meters[40 + index]!.owner).to.equal(ownerOfBus(index));
    expect(divided.tieLines).to.have.length.above(0);
  });

  itForEachCase("makes a valid plan for a real case", (made) => {
    const plan = defaultPlan(made, partition(made, ["North", "South", "East"]), { bothEnds: true });
    expect(() => checkPlan(plan, made, "plan", () => 1)).to.not.throw();
    expect(plan.meters).to.have.length(2 * made.lines.length + made.buses.length);
  });
});

describe("meterOwner", () => {
  it("refuses a place that the grid does not have", () => {
    expect(() => meterOwner(grid, divided)("flowFrom", 99)).to.throw(
      GridModelError,
      "no owner for flowFrom at 99",
    );
    expect(() => meterOwner(grid, divided)("pmu", 99)).to.throw(GridModelError, "no owner for pmu at 99");
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { inspectGrid } from "../../../workers/grid/inspectGrid.js";
import { partition } from "../../../workers/grid/partition.js";
import { PlacementError } from "../../../workers/placement/errors.js";
import { withoutOperator } from "../../../workers/placement/withoutOperator.js";

const grid = compileGrid(builtinCase("ieee118"));
const names = ["North", "East", "South", "West"];
const plan = defaultPlan(grid, partition(grid, names));

describe("withoutOperator", () => {
  it("says which buses are lost, and mends the rest with meters of those who stay", async () => {
    const { plan: left, removed, observable, lostBuses, mending } = await withoutOperator(grid, plan, "East");
    expect(removed.every(({ owner }) => owner === "East")).to.equal(true);
    expect([...left.meters, ...removed]).to.have.length(plan.meters.length);
    const inspection = inspectGrid(grid, left, 0.001);
    expect({ observable, lostBuses }).to.deep.equal({
      observable: inspection.observable,
      lostBuses: inspection.unobservableBuses,
    });
    expect(observable).to.equal(false);
    expect(mending.length).to.be.above(0);
    for (const { owner } of mending) expect(owner).to.be.oneOf(["North", "South", "West"]);
    const mended = { ...left, meters: [...left.meters, ...mending] };
    expect(inspectGrid(grid, mended, 0.001).observable).to.equal(true);
  });

  it("names the meters that nothing checks any more", async () => {
    // One owner's meter at the far end of a line that two saw.
    const twice = defaultPlan(grid, partition(grid, ["all"]), { bothEnds: true });
    const shared = {
      ...twice,
      meters: twice.meters.map((m) => (m.id === "T9" || m.id === "I10" ? { ...m, owner: "far" } : m)),
    };
    const lone = { ...shared, meters: shared.meters.filter(({ id }) => id !== "I9") };
    const departure = await withoutOperator(grid, lone, "far");
    // Line 9 alone leads to bus 10.
    expect(departure).to.deep.include({
      observable: true,
      lostBuses: [],
      uncheckedMeters: ["F9"],
      mending: [],
    });
  });

  it("refuses an operator without meters, and the only one", async () => {
    for (const [of, operator, message] of [
      [plan, "Nobody", "Nobody owns no meter in this plan"],
      [defaultPlan(grid, partition(grid, ["all"])), "all", "nobody but all owns a meter in this plan"],
    ] as const) {
      const error: unknown = await withoutOperator(grid, of, operator).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(PlacementError);
      expect((error as Error).message).to.equal(message);
    }
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { inspectGrid } from "../../../workers/grid/inspectGrid.js";
import { partition } from "../../../workers/grid/partition.js";
import type { MeteringPlan } from "../../../workers/grid/types.js";

const grid = compileGrid(builtinCase("ieee14"));
const plan = defaultPlan(grid, partition(grid, ["all"]));

function planOf(meters: MeteringPlan["meters"]): MeteringPlan {
  return { meters, zeroInjections: [], zeroInjectionSigma: 1 };
}

describe("inspectGrid", () => {
  it("counts what there is in IEEE 14", () => {
    const found = inspectGrid(grid, plan, 0.01);
    expect(found).to.deep.include({ buses: 14, lines: 20, meters: 34, states: 13, observable: true });
    // H: two entries a flow row, one plus the degree an injection row, less those of the reference bus, of degree 2.
    const referenceEntries = 2 + 1 + 2;
    expect(found.nonzeros.h).to.equal(20 * 2 + (14 + 2 * 20) - referenceEntries);
    expect(found.nonzeros.l).to.be.at.least(found.nonzeros.g);
    expect(found.criticalMeters).to.deep.equal([]);
    expect(Object.values(found.milliseconds).every((ms) => ms !== null && ms > 0)).to.equal(true);
  });

  it("names the buses behind a line without meters", () => {
    // Bus 8 hangs on bus 7 alone, by line 14.
    const meters = plan.meters.filter(
      ({ kind, place }) =>
        !(kind === "injection" && (place === 7 || place === 8)) && !(kind === "flowFrom" && place === 14),
    );
    const found = inspectGrid(grid, planOf(meters), 0.01);
    expect(found).to.deep.include({ observable: false, unobservableBuses: [8], criticalMeters: [] });
    expect(found.milliseconds).to.deep.equal({
      factor: null,
      refactor: null,
      estimate: null,
      normalisedResiduals: null,
    });
  });

  it("lists the one meter that ties a bus to the rest", () => {
    const meters = plan.meters.filter(
      ({ kind, place }) => !(kind === "injection" && (place === 7 || place === 8)),
    );
    expect(inspectGrid(grid, planOf(meters), 0.01).criticalMeters).to.deep.equal(["F14"]);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { planOfVersion } from "../../../workers/chain/planOfVersion.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { partition } from "../../../workers/grid/partition.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";

describe("planOfVersion", () => {
  const gridCase = builtinCase("ieee14");
  const grid = compileGrid(gridCase);
  const names = ["North", "South"];
  const seats = new Map(names.map((name, seat) => [name, seat]));

  for (const zeroInjections of [[], [7]]) {
    it(`gives back meters and ${zeroInjections.length} zero injections`, () => {
      const full = defaultPlan(grid, partition(grid, names));
      const meters = full.meters.filter(({ id }) => id !== "I7" || zeroInjections.length === 0);
      const plan = { ...full, meters, zeroInjections };
      const { records, meters: ordered } = buildVersion(grid, plan, seats);
      const back = planOfVersion({ version: 1, records, labels: { case: gridCase, meters: ordered } });
      expect(back.meters).to.have.deep.members([...meters]);
      expect(back.zeroInjections).to.deep.equal(zeroInjections);
      expect(back.zeroInjectionSigma / plan.zeroInjectionSigma).to.be.within(1 - 1e-6, 1 + 1e-6);
    });
  }
});

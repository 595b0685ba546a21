import { expect } from "chai";
import { criticalRows } from "../../../workers/estimation/criticalRows.js";
import { NotObservableError } from "../../../workers/estimation/errors.js";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { observability } from "../../../workers/estimation/observability.js";
import type { LinearModel } from "../../../workers/estimation/types.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { measurementModel } from "../../../workers/grid/measurementModel.js";
import { partition } from "../../../workers/grid/partition.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import type { Grid, MeterKind } from "../../../workers/grid/types.js";
import { sharedPath } from "../../support/shared.js";
import { measure, randomNumbers, relativeError } from "./models.js";

const CASES = [
  "case14_ieee",
  "case57_ieee",
  "case118_ieee",
  "case300_ieee",
  "case1354_pegase",
  "case2383wp_k",
];

describe("the estimator on the shared cases", () => {
  for (const name of CASES) {
    describe(name, () => {
      let grid: Grid;
      before(function () {
        const file = sharedPath(`cases/pglib_opf_${name}.m`);
        if (file === undefined) {
          console.log(`      ../shared/cases holds no ${name}: skipped`);
          this.skip();
        }
        grid = compileGrid(readGridFile(file));
      });

      it("gives the angles back to 1e-9, also from injections alone", () => {
        for (const kinds of [["injection", "flowFrom", "flowTo"], ["injection"]] as MeterKind[][]) {
          const model = modelOf(grid, kinds);
          const theta = angles(model, 1);
          const estimate = new Estimator(model).estimate(measure(model, theta));
          expect(relativeError(estimate.theta, theta)).to.be.below(1e-9);
        }
      });

      it("closes the loop: power flow, meters, estimate", () => {
        const plan = defaultPlan(grid, partition(grid, ["test"]));
        const flow = powerFlow(grid);
        const estimate = new Estimator(measurementModel(grid, plan)).estimate(
          trueMeasurements(grid, plan, flow),
        );
        const expected = flow.angleRad.filter((_, bus) => !grid.buses[bus]!.reference);
        expect(relativeError(estimate.theta, expected)).to.be.below(1e-9);
      });

      it("gives them back where weights are a million apart", () => {
        const plain = modelOf(grid, ["injection", "flowFrom"]);
        const model = { ...plain, weight: plain.weight.map((w, i) => (i % 10 === 0 ? 1e6 * w : w)) };
        const theta = angles(model, 2);
        const estimate = new Estimator(model).estimate(measure(model, theta));
        expect(relativeError(estimate.theta, theta)).to.be.below(1e-9);
      });

      it("adds the redundancies up to rows less states", () => {
        const model = modelOf(grid, ["injection", "flowFrom"]);
        const estimator = new Estimator(model);
        const { residual } = estimator.estimate(measure(model, angles(model, 3), 1));
        const { redundancy, value, critical } = estimator.normalisedResiduals(residual);
        const sum = redundancy.reduce((total, s) => total + s, 0);
        expect(sum).to.be.closeTo(estimator.degreesOfFreedom, 1e-7 * model.h.rows);
        expect(critical).to.deep.equal([]);
        expect(Math.max(...value)).to.be.below(6);
      });

      it("is refused by refactor exactly when the rows left have no full rank", () => {
        const model = modelOf(grid, ["injection"]);
        const estimator = new Estimator(model);
        const random = randomNumbers(5);
        for (let trial = 0; trial < 20; trial++) {
          const inUse = new Uint8Array(model.h.rows).fill(1);
          for (let k = 0; k <= trial % 4; k++) inUse[Math.floor(random() * model.h.rows)] = 0;
          const { observable } = observability(estimator.analysis, inUse);
          const factor = (): void => estimator.refactor(model.weight, inUse);
          if (observable) expect(factor).not.to.throw();
          else expect(factor).to.throw(NotObservableError);
        }
      });

      it("finds the lines that are bridges critical, and no others, when flows are all there is", () => {
        const model = modelOf(grid, ["flowFrom"]);
        expect(criticalRows(new Estimator(model).analysis)).to.deep.equal(bridges(grid));
      });
    });
  }

  it("fills the 2,383-bus grid's factor no more than the trial of the design did", function () {
    const file = sharedPath("cases/pglib_opf_case2383wp_k.m");
    if (file === undefined) this.skip();
    const { analysis } = new Estimator(
      modelOf(compileGrid(readGridFile(file)), ["injection", "flowFrom", "flowTo"]),
    );
    expect(analysis.nonzeros.l - analysis.h.columns).to.be.at.most(23_463);
  });
});

function modelOf(grid: Grid, kinds: readonly MeterKind[]): LinearModel {
  const meters = kinds.flatMap((kind) =>
    (kind === "injection" ? grid.buses : grid.lines).map(({ number }) => ({
      id: `${kind} ${number}`,
      kind,
      place: number,
      sigma: 1000,
      owner: "test",
    })),
  );
  return measurementModel(grid, { meters, zeroInjections: [], zeroInjectionSigma: 1 });
}

function angles(model: LinearModel, seed: number): Float64Array {
  const random = randomNumbers(seed);
  return Float64Array.from({ length: model.h.columns }, () => random() - 0.5);
}

/** Positions of the lines whose removal splits the grid: Tarjan's low points, without recursion. */
function bridges(grid: Grid): number[] {
  const at: { line: number; bus: number }[][] = grid.buses.map(() => []);
  grid.lines.forEach(({ from, to }, line) => {
    at[from]!.push({ line, bus: to });
    at[to]!.push({ line, bus: from });
  });
  const seen = new Int32Array(grid.buses.length);
  const low = new Int32Array(grid.buses.length);
  const next = new Int32Array(grid.buses.length);
  const found: number[] = [];
  let clock = 0;
  for (let root = 0; root < grid.buses.length; root++) {
    if (seen[root]) continue;
    const stack = [{ bus: root, line: -1 }];
    seen[root] = low[root] = ++clock;
    while (stack.length > 0) {
      const { bus, line } = stack.at(-1)!;
      const edge = at[bus]![next[bus]!++];
      if (edge === undefined) {
        stack.pop();
        const parent = stack.at(-1);
        if (parent === undefined) continue;
        low[parent.bus] = Math.min(low[parent.bus]!, low[bus]!);
        if (low[bus]! > seen[parent.bus]!) found.push(line);
      } else if (edge.line === line) continue;
      else if (seen[edge.bus]) low[bus] = Math.min(low[bus]!, seen[edge.bus]!);
      else {
        seen[edge.bus] = low[edge.bus] = ++clock;
        stack.push(edge);
      }
    }
  }
  return found.sort((a, b) => a - b);
}

import { expect } from "chai";
import { describe, it } from "mocha";
import { Estimator } from "../../../workers/estimation/estimator.js";
import type { LinearModel } from "../../../workers/estimation/types.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { noise } from "../../../workers/grid/noise.js";
import { partition } from "../../../workers/grid/partition.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import { readGridFile } from "../../../workers/grid/readGridFile.js";
import type { GridCase, MeteringPlan } from "../../../workers/grid/types.js";
import { ProjectionError } from "../../../workers/projection/errors.js";
import { projectionMatrices } from "../../../workers/projection/projectionMatrices.js";
import { projectionTopology } from "../../../workers/projection/projectionTopology.js";
import { settlementBound } from "../../../workers/projection/settlementBound.js";
import { topologyRows } from "../../../workers/projection/topologyRows.js";
import type { ProjectionRows } from "../../../workers/projection/types.js";
import { sharedPath } from "../../support/shared.js";

const names = ["A", "B", "C", "D"];
const seats = new Map(names.map((name, seat) => [name, seat]));

/** The same integers as the sparse estimator takes them: angles in units of the topology. */
function sparse(h: ProjectionRows, weightDigits: number): LinearModel {
  const rows = h.terms.map((row) => [...row].sort((a, b) => a.column - b.column));
  const start = [0];
  for (const row of rows) start.push(start.at(-1)! + row.length);
  return {
    h: {
      rows: rows.length,
      columns: h.states,
      start: Int32Array.from(start),
      column: Int32Array.from(rows.flat(), ({ column }) => column),
      value: Float64Array.from(rows.flat(), ({ coefficient }) => coefficient),
    },
    weight: Float64Array.from(h.weight, (weight) => weight / 2 ** weightDigits),
    offset: new Float64Array(rows.length),
  };
}

function prepare(gridCase: GridCase, change: (plan: MeteringPlan) => MeteringPlan = (plan) => plan) {
  const grid = compileGrid(gridCase);
  const plan = change(defaultPlan(grid, partition(grid, names)));
  const topology = projectionTopology(grid, plan, seats);
  const h = topologyRows(topology);
  const exact = trueMeasurements(grid, plan, powerFlow(grid));
  const values = noise(plan, exact, 3).map((kw, row) =>
    row < plan.meters.length ? Math.round(kw / topology.powerUnitKw) : 0,
  );
  return { topology, h, values, matrices: projectionMatrices(h) };
}

const size = (x: bigint): bigint => (x < 0n ? -x : x);

/** IEEE 14 with the meters whose name is kept. */
const withMeters = (kept: (id: string) => boolean) => () =>
  prepare(builtinCase("ieee14"), (plan) => ({
    ...plan,
    meters: plan.meters.filter(({ id }) => kept(id)),
  }));

/** The plan under an owner that has no seat. */
const ownedByNobody = (plan: MeteringPlan): MeteringPlan => ({
  ...plan,
  meters: plan.meters.map((meter) => ({ ...meter, owner: "Nobody" })),
});

describe("projectionMatrices", () => {
  for (const name of ["case14", "case30", "case57", "case118"]) {
    it(`${name}_ieee: residuals and J are those of the sparse estimator, within the stated bound`, function () {
      const path = sharedPath(`cases/pglib_opf_${name}_ieee.m`);
      if (path === undefined) {
        console.log(`    skipped: ../shared/cases/pglib_opf_${name}_ieee.m is not here`);
        this.skip();
      }
      const { topology, h, values, matrices } = prepare(readGridFile(path));
      const estimate = new Estimator(sparse(h, topology.weightDigits)).estimate(values);
      const z = Array.from(values, (value) => BigInt(value));
      const { rows, projection, projectionDigits } = matrices;
      let objective = 0;
      for (let i = 0; i < rows; i++) {
        const fitted = z.reduce((sum, value, j) => sum + projection[i * rows + j]! * value, 0n);
        const residual = Number((z[i]! << BigInt(projectionDigits)) - fitted) / 2 ** projectionDigits;
        // Double precision of the estimator, relative to the flows.
        expect(Math.abs(residual - estimate.residual[i]!)).to.be.below(1e-4);
        objective += (topology.rows[i]!.weight / 2 ** topology.weightDigits) * residual ** 2;
      }
      const largestAngle = Math.max(...estimate.theta.map(Math.abs));
      const bound = settlementBound(topology, projectionDigits, "products", values, largestAngle);
      expect(bound).to.be.below(1e-10);
      expect(Math.abs(Math.sqrt(objective) - Math.sqrt(estimate.objective))).to.be.below(bound + 1e-6);
    });
  }

  it("gives A to one unit of its last digit: A G is I to the rounding, exactly", () => {
    const { h, matrices } = prepare(builtinCase("ieee118"));
    const { states, inverse, inverseDigits } = matrices;
    const gain = Array.from({ length: states }, () => Array.from({ length: states }, () => 0n));
    for (const [row, terms] of h.terms.entries()) {
      for (const left of terms) {
        for (const right of terms) {
          gain[left.column]![right.column]! +=
            BigInt(h.weight[row]!) * BigInt(left.coefficient) * BigInt(right.coefficient);
        }
      }
    }
    for (let j = 0; j < states; j++) {
      const allowed = gain.reduce((sum, row) => sum + size(row[j]!), 0n);
      for (let i = 0; i < states; i += 9) {
        let product = i === j ? -(1n << BigInt(inverseDigits)) : 0n;
        for (let k = 0; k < states; k++) product += inverse[i * states + k]! * gain[k]![j]!;
        expect(size(product) <= allowed, `entry ${i}, ${j}`).to.equal(true);
      }
    }
  });

  it("holds zero injections as rows whose value is zero, and P as a projection", () => {
    const { topology, h, values, matrices } = prepare(builtinCase("ieee14"), (plan) => ({
      ...plan,
      meters: plan.meters.filter(({ id }) => id !== "I7"),
      zeroInjections: [7],
      zeroInjectionSigma: 100,
    }));
    expect(topology.rows.length - topology.meters).to.equal(1);
    const { rows, projection, projectionDigits } = matrices;
    const p = Array.from(projection, (entry) => Number(entry) / 2 ** projectionDigits);
    // P P = P, and the trace is n.
    let trace = 0;
    for (let i = 0; i < rows; i++) {
      trace += p[i * rows + i]!;
      for (let j = 0; j < rows; j++) {
        let product = 0;
        for (let k = 0; k < rows; k++) product += p[i * rows + k]! * p[k * rows + j]!;
        expect(Math.abs(product - p[i * rows + j]!)).to.be.below(1e-12);
      }
    }
    expect(Math.abs(trace - h.states)).to.be.below(1e-12);
    const { objective } = new Estimator(sparse(h, topology.weightDigits)).estimate(values);
    let own = 0;
    for (let i = 0; i < rows; i++) {
      const residual = values[i]! - values.reduce((sum, value, j) => sum + p[i * rows + j]! * value, 0);
      own += (topology.rows[i]!.weight / 2 ** topology.weightDigits) * residual ** 2;
    }
    expect(Math.abs(own / objective - 1)).to.be.below(1e-9);
  });

  it("keeps digits for weights that differ", () => {
    const { matrices } = prepare(builtinCase("ieee14"), (plan) => ({
      ...plan,
      meters: plan.meters.map((meter, i) => (i % 5 === 0 ? { ...meter, sigma: meter.sigma / 100 } : meter)),
    }));
    const largest = matrices.projection.reduce((most, entry) => (entry > most ? entry : most), 0n);
    expect(largest < 2n ** 63n).to.equal(true);
    expect(matrices.projectionDigits).to.equal(55);
  });

  it("refuses meters that leave an angle open", () => {
    expect(withMeters((id) => !["F14", "I7", "I8"].includes(id))).to.throw(ProjectionError);
    expect(withMeters((id) => ["F1", "F2"].includes(id))).to.throw(ProjectionError);
  });

  it("refuses what the paper's model has not: a phase shifter, an owner that is none", () => {
    const gridCase = builtinCase("ieee14");
    const [line, ...rest] = gridCase.lines;
    expect(() => prepare({ ...gridCase, lines: [{ ...line!, shiftDegrees: 3 }, ...rest] })).to.throw(
      ProjectionError,
      "line 1 of ieee14 shifts the phase",
    );
    expect(() => prepare(gridCase, ownedByNobody)).to.throw(ProjectionError, "Nobody has no seat");
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { Estimator } from "../../../workers/estimation/estimator.js";
import type { LinearModel } from "../../../workers/estimation/types.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { GridModelError } from "../../../workers/grid/errors.js";
import { measurementModel } from "../../../workers/grid/measurementModel.js";
import { partition } from "../../../workers/grid/partition.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { stateOfBus } from "../../../workers/grid/stateOfBus.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import type { Grid, Meter, MeterKind, MeteringPlan } from "../../../workers/grid/types.js";
import { arbitraryCase } from "./arbitraryCase.js";
import { itForEachCase } from "./realCases.js";

const meter = (id: string, kind: MeterKind, place: number, sigma = 2): Meter => ({
  id,
  kind,
  place,
  sigma,
  owner: "A",
});

/** Bus 20 is the reference; lines 1 and 2 are parallel, 2 with a phase shift of 0.1 rad; line 3 leads to bus 30. */
const grid: Grid = {
  name: "made up",
  islands: 1,
  isolated: [],
  buses: [
    { number: 10, island: 0, reference: false, loadKw: 0, generationKw: 0 },
    { number: 20, island: 0, reference: true, loadKw: 0, generationKw: 0 },
    { number: 30, island: 0, reference: false, loadKw: 0, generationKw: 0 },
  ],
  lines: [
    { number: 1, from: 0, to: 1, susceptanceKwPerRad: 100, shiftRad: 0 },
    { number: 2, from: 1, to: 0, susceptanceKwPerRad: 50, shiftRad: 0.1 },
    { number: 3, from: 2, to: 0, susceptanceKwPerRad: -20, shiftRad: 0 },
  ],
};

const rowsOf = ({ h }: LinearModel): number[][] =>
  Array.from({ length: h.rows }, (_, row) => {
    const dense = Array.from({ length: h.columns }, () => 0);
    for (let p = h.start[row]!; p < h.start[row + 1]!; p++) dense[h.column[p]!]! += h.value[p]!;
    return dense;
  });

/** Every kind of meter at every place, and a zero injection where one is named. */
function fullPlan(made: Grid, zeroInjections: readonly number[] = []): MeteringPlan {
  const meters = [
    ...made.lines.flatMap(({ number }) => [
      meter(`F${number}`, "flowFrom", number),
      meter(`T${number}`, "flowTo", number),
    ]),
    ...made.buses.map(({ number }) => meter(`I${number}`, "injection", number, 3)),
    ...made.buses
      .filter(({ reference }) => !reference)
      .map(({ number }) => meter(`P${number}`, "pmu", number, 0.5)),
  ];
  return { meters, zeroInjections, zeroInjectionSigma: 0.25 };
}

/** Largest |z + offset - Hθ|, each in units of the largest term of its row. */
function largestResidual(made: Grid, plan: MeteringPlan): number {
  const flow = powerFlow(made);
  const z = trueMeasurements(made, plan, flow);
  const { h, offset } = measurementModel(made, plan);
  const theta = [...flow.angleRad].filter((_, bus) => !made.buses[bus]!.reference);
  let largest = 0;
  for (let row = 0; row < h.rows; row++) {
    let residual = z[row]! + offset[row]!;
    let scale = Math.max(Math.abs(z[row]!), Math.abs(offset[row]!), 1);
    for (let p = h.start[row]!; p < h.start[row + 1]!; p++) {
      residual -= h.value[p]! * theta[h.column[p]!]!;
      scale = Math.max(scale, Math.abs(h.value[p]! * theta[h.column[p]!]!));
    }
    largest = Math.max(largest, Math.abs(residual) / scale);
  }
  return largest;
}

const only = (one: Meter): MeteringPlan => ({ meters: [one], zeroInjections: [], zeroInjectionSigma: 1 });

describe("stateOfBus", () => {
  it("numbers the buses but the references in grid order", () => {
    expect([...stateOfBus(grid)]).to.deep.equal([0, -1, 1]);
  });
});

describe("measurementModel", () => {
  const plan: MeteringPlan = {
    meters: [
      meter("a", "flowFrom", 1),
      meter("b", "flowTo", 1),
      meter("c", "flowFrom", 2),
      meter("d", "flowTo", 2),
      meter("e", "flowFrom", 3),
      meter("f", "injection", 10, 4),
      meter("g", "injection", 20),
      meter("h", "pmu", 30, 0.5),
    ],
    zeroInjections: [30],
    zeroInjectionSigma: 0.25,
  };
  const model = measurementModel(grid, plan);

  it("has one row per meter in plan order, then the zero injections; no column for the reference", () => {
    expect(rowsOf(model)).to.deep.equal([
      [100, 0],
      [-100, 0],
      [-50, 0],
      [50, 0],
      [20, -20],
      [130, 20],
      [-150, 0],
      [0, 1],
      [20, -20],
    ]);
  });

  it("moves the phase shift into the offset: +bφ at the from end, -bφ at the to end", () => {
    expect([...model.offset]).to.deep.equal([0, 0, 5, -5, 0, -5, 5, 0, 0]);
  });

  it("weighs a row by 1/σ²", () => {
    const w = 0.25;
    expect([...model.weight]).to.deep.equal([w, w, w, w, w, 1 / 16, w, 4, 16]);
  });

  it("has each column at most once in a row, ascending", () => {
    const { start, column } = model.h;
    for (let row = 0; row < model.h.rows; row++) {
      const columns = Array.from(column.subarray(start[row], start[row + 1]));
      expect(columns).to.deep.equal([...new Set(columns)].sort((a, b) => a - b));
    }
  });

  it("refuses places that are not in the grid, and a PMU at a reference bus", () => {
    expect(() => measurementModel(grid, only(meter("m", "flowTo", 9)))).to.throw(
      GridModelError,
      "meter m: line 9",
    );
    expect(() => measurementModel(grid, only(meter("m", "injection", 9)))).to.throw(
      GridModelError,
      "meter m: bus 9",
    );
    expect(() => measurementModel(grid, only(meter("m", "pmu", 20)))).to.throw(
      GridModelError,
      "bus 20 is a reference",
    );
    expect(() => measurementModel(grid, { ...plan, zeroInjections: [9] })).to.throw(GridModelError, "bus 9");
  });

  it("is met exactly by the true measurements of random grids", () => {
    fc.assert(
      fc.property(arbitraryCase(12, { islands: 2 }), (random) => {
        const made = compileGrid(random);
        expect(largestResidual(made, fullPlan(made))).to.be.at.most(1e-9);
      }),
      { seed: 118 },
    );
  });

  itForEachCase("is met exactly by the true measurements of a real case", (made) => {
    expect(largestResidual(made, fullPlan(made))).to.be.at.most(1e-9);
  });

  itForEachCase("gives the angles back from measurements without error", (made) => {
    const everyone = partition(made, ["A"]);
    for (const bothEnds of [false, true]) {
      const full = defaultPlan(made, everyone, { bothEnds });
      const flow = powerFlow(made);
      const { theta } = new Estimator(measurementModel(made, full)).estimate(
        trueMeasurements(made, full, flow),
      );
      for (const [bus, state] of stateOfBus(made).entries()) {
        if (state !== -1) expect(theta[state]).to.be.closeTo(flow.angleRad[bus]!, 1e-9);
      }
    }
  });
});

describe("trueMeasurements", () => {
  it("reads flows from either end, injections and angles, and 0 for zero injections", () => {
    const flow = {
      angleRad: Float64Array.of(0.1, 0, 0.2),
      flowKw: Float64Array.of(1, 2, 3),
      injectionKw: Float64Array.of(4, 5, 6),
    };
    const plan: MeteringPlan = {
      meters: [
        meter("a", "flowTo", 3),
        meter("b", "flowFrom", 2),
        meter("c", "injection", 30),
        meter("d", "pmu", 10),
      ],
      zeroInjections: [20],
      zeroInjectionSigma: 1,
    };
    expect([...trueMeasurements(grid, plan, flow)]).to.deep.equal([-3, 2, 6, 0.1, 0]);
  });

  it("refuses places that are not in the grid", () => {
    const plan: MeteringPlan = {
      meters: [meter("m", "flowTo", 9)],
      zeroInjections: [],
      zeroInjectionSigma: 1,
    };
    expect(() => trueMeasurements(grid, plan, powerFlow(grid))).to.throw(
      GridModelError,
      "meter m: flowTo at 9",
    );
  });
});

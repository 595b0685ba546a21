import { expect } from "chai";
import * as fc from "fast-check";
import {
  IllConditionedError,
  InvalidMeasurementError,
  InvalidModelError,
  NotObservableError,
} from "../../../workers/estimation/errors.js";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { denseEstimate } from "./dense.js";
import {
  arbitraryGrid,
  fullModel,
  lattice,
  measure,
  meterRows,
  modelOf,
  randomNumbers,
  relativeError,
  type TestModel,
} from "./models.js";

describe("Estimator", () => {
  it("gives the angles back from measurements without noise", () => {
    fc.assert(
      fc.property(arbitraryGrid(60), fc.integer(), (grid, seed) => {
        const model = fullModel(grid, seed);
        const theta = angles(model, seed);
        const estimate = new Estimator(model).estimate(measure(model, theta));
        expect(relativeError(estimate.theta, theta)).to.be.below(1e-9);
        expect(estimate.objective).to.be.below(1e-18 * model.h.rows);
      }),
      { seed: 118 },
    );
  });

  it("agrees with dense weighted least squares on θ, residuals and J", () => {
    fc.assert(
      fc.property(arbitraryGrid(20), fc.integer(), (grid, seed) => {
        const model = fullModel(grid, seed);
        const z = measure(model, angles(model, seed), 1, seed);
        const estimate = new Estimator(model).estimate(z);
        const reference = denseEstimate(model, z);
        expect(relativeError(estimate.theta, reference.theta)).to.be.below(1e-9);
        const largest = Math.max(...z.map(Math.abs));
        reference.residual.forEach((r, i) => expect(estimate.residual[i]).to.be.closeTo(r, 1e-9 * largest));
        expect(estimate.objective).to.be.closeTo(reference.objective, 1e-9 * reference.objective + 1e-15);
      }),
      { seed: 118 },
    );
  });

  it("leaves a gradient of rounding size, with weights a million apart", () => {
    const plain = fullModel(lattice(15));
    const random = randomNumbers(3);
    const model = { ...plain, weight: plain.weight.map((w) => w * 10 ** (6 * random())) };
    const z = measure(model, angles(model, 1), 1);
    const { residual } = new Estimator(model).estimate(z);
    const gradient = new Float64Array(model.h.columns);
    const size = new Float64Array(model.h.columns);
    model.dense.forEach((row, i) =>
      row.forEach((h, j) => {
        gradient[j]! += h * model.weight[i]! * residual[i]!;
        size[j]! += Math.abs(h * model.weight[i]!) * Math.abs(z[i]!);
      }),
    );
    gradient.forEach((g, j) => expect(Math.abs(g)).to.be.below(1e-13 * size[j]!));
  });

  it("refactors to what a new estimator has, and writes into the room given", () => {
    const model = fullModel(lattice(6));
    const z = measure(model, angles(model, 1), 1);
    const estimator = new Estimator(model);
    const weight = model.weight.map((w, i) => w * (1 + (i % 5)));
    estimator.refactor(weight);
    const room = estimator.newEstimate();
    expect(estimator.estimate(z, room)).to.equal(room);
    const fresh = new Estimator({ ...model, weight }).estimate(z);
    expect([...room.theta]).to.deep.equal([...fresh.theta]);
    expect(room.objective).to.equal(fresh.objective);
    estimator.refactor();
    expect([...estimator.estimate(z).theta]).to.deep.equal([...new Estimator(model).estimate(z).theta]);
  });

  it("leaves rows out: their values do not count, and degrees of freedom fall", () => {
    const model = fullModel(lattice(5));
    const z = measure(model, angles(model, 1), 1);
    const inUse = model.dense.map((_, i) => (i % 7 === 3 ? 0 : 1));
    const estimator = new Estimator(model);
    const all = estimator.degreesOfFreedom;
    expect(all).to.equal(model.h.rows - model.h.columns);
    estimator.refactor(model.weight, inUse);
    expect(estimator.degreesOfFreedom).to.equal(all - inUse.filter((used) => !used).length);
    const withGaps = z.map((v, i) => (inUse[i] ? v : NaN));
    const rows = inUse.flatMap((used, i) => (used ? [i] : []));
    const reference = denseEstimate(model, z, rows);
    const estimate = estimator.estimate(withGaps);
    expect(relativeError(estimate.theta, reference.theta)).to.be.below(1e-11);
    inUse.forEach((used, i) => used || expect(estimate.residual[i]).to.equal(0));
  });

  it("names the states that the meters leave open, and works again once they are back", () => {
    const grid = {
      buses: 4,
      lines: [
        { from: 0, to: 1, b: 2 },
        { from: 1, to: 2, b: 3 },
        { from: 2, to: 3, b: 5 },
      ],
    };
    const model = modelOf(meterRows(grid).flows, 3);
    const estimator = new Estimator(model);
    expect(() => estimator.refactor(model.weight, [1, 0, 1]))
      .to.throw(NotObservableError)
      .with.property("states")
      .that.deep.equals([1, 2]);
    expect(() => estimator.estimate(new Float64Array(3))).to.throw(InvalidModelError, "last refactor failed");
    estimator.refactor();
    expect(estimator.estimate(measure(model, [1, 2, 3])).theta[2]).to.be.closeTo(3, 1e-12);
  });

  it("tells weights beyond double precision from a grid that is not observable", () => {
    const model = modelOf(
      [
        [1, 1],
        [1, 2],
      ],
      2,
    );
    const weight = Float64Array.of(1e20, 1e-20);
    expect(() => new Estimator({ ...model, weight })).to.throw(IllConditionedError);
  });

  it("refuses what no model or measurement can be, by name", () => {
    const model = fullModel(lattice(3));
    const estimator = new Estimator(model);
    for (const bad of [0, -1, NaN, Infinity]) {
      const weight = model.weight.map((w, i) => (i === 4 ? bad : w));
      expect(() => estimator.refactor(weight)).to.throw(InvalidModelError, `weight ${bad} of row 4`);
    }
    estimator.refactor();
    const z = measure(model, angles(model, 1));
    z[5] = NaN;
    expect(() => estimator.estimate(z))
      .to.throw(InvalidMeasurementError)
      .with.property("row", 5);
    expect(() => estimator.refactor(model.weight.subarray(1))).to.throw(InvalidModelError);
    expect(() => estimator.refactor(model.weight, [1])).to.throw(InvalidModelError);
    expect(() => new Estimator({ ...model, offset: new Float64Array(1) })).to.throw(InvalidModelError);
    const twice = { ...model.h, column: model.h.column.map(() => 0) };
    expect(() => new Estimator({ ...model, h: twice })).to.throw(InvalidModelError, "twice");
    const outside = { ...model.h, column: model.h.column.map((j) => j + model.h.columns) };
    expect(() => new Estimator({ ...model, h: outside })).to.throw(InvalidModelError, "column");
  });
});

function angles(model: TestModel, seed: number): Float64Array {
  const random = randomNumbers(seed);
  return Float64Array.from({ length: model.h.columns }, () => random() - 0.5);
}

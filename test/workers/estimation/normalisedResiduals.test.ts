import { expect } from "chai";
import * as fc from "fast-check";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { denseEstimate } from "./dense.js";
import { arbitraryGrid, fullModel, lattice, measure, meterRows, modelOf, randomNumbers } from "./models.js";

describe("Estimator.normalisedResiduals", () => {
  it("agrees with the dense residual covariance", () => {
    fc.assert(
      fc.property(arbitraryGrid(15), fc.integer(), (grid, seed) => {
        const model = fullModel(grid, seed);
        const z = measure(model, new Float64Array(model.h.columns), 1, seed);
        const estimator = new Estimator(model);
        const { residual } = estimator.estimate(z);
        const { value, redundancy, critical } = estimator.normalisedResiduals(residual);
        const reference = denseEstimate(model, z);
        expect(critical).to.deep.equal([]);
        value.forEach((v, i) => {
          const variance = reference.covariance[i]![i]!;
          expect(redundancy[i]).to.be.closeTo(model.weight[i]! * variance, 1e-9);
          if (redundancy[i]! > 1e-3)
            expect(v).to.be.closeTo(Math.abs(reference.residual[i]!) / Math.sqrt(variance), 1e-8);
        });
      }),
      { seed: 118 },
    );
  });

  it("is largest at the one meter in error, and its size follows from the redundancy", () => {
    const model = fullModel(lattice(7), 5);
    const random = randomNumbers(11);
    const theta = Float64Array.from({ length: model.h.columns }, () => random() - 0.5);
    const estimator = new Estimator(model);
    for (let row = 0; row < model.h.rows; row++) {
      const z = measure(model, theta);
      const error = 20 / Math.sqrt(model.weight[row]!);
      z[row]! += error;
      const { residual } = estimator.estimate(z);
      const { value, redundancy } = estimator.normalisedResiduals(residual);
      expect(value.indexOf(Math.max(...value))).to.equal(row);
      expect(residual[row]! / redundancy[row]!).to.be.closeTo(error, 1e-9 * error);
      expect(value[row]).to.be.closeTo(20 * Math.sqrt(redundancy[row]!), 1e-8);
    }
  });

  it("marks critical rows with 0, without NaN, and counts n in the redundancies", () => {
    fc.assert(
      fc.property(arbitraryGrid(30), fc.integer(), (grid, seed) => {
        const { flows } = meterRows(grid);
        const model = modelOf(flows, grid.buses - 1, seed);
        const estimator = new Estimator(model);
        const { residual } = estimator.estimate(measure(model, new Float64Array(model.h.columns), 1));
        const { value, redundancy, critical } = estimator.normalisedResiduals(residual);
        for (const row of critical) expect([value[row], redundancy[row]]).to.deep.equal([0, 0]);
        expect(value.every(Number.isFinite)).to.equal(true);
        const sum = redundancy.reduce((total, s) => total + s, 0);
        expect(sum).to.be.closeTo(model.h.rows - model.h.columns, 1e-8 * model.h.rows);
      }),
      { seed: 118 },
    );
  });

  it("keeps a row apart from a critical one whose redundancy is real but small", () => {
    // Two meters of one state, the second of a precision 1e4 times higher: redundancy of the second 1e-8.
    const model = modelOf([[1], [1]], 1);
    const estimator = new Estimator({
      ...model,
      offset: new Float64Array(2),
      weight: Float64Array.of(1, 1e8),
    });
    const { residual } = estimator.estimate(Float64Array.of(3, 0));
    const { value, redundancy, critical } = estimator.normalisedResiduals(residual);
    expect(critical).to.deep.equal([]);
    expect(redundancy[1]).to.be.closeTo(1 / (1e8 + 1), 1e-20);
    expect(value[0]).to.be.closeTo(3, 1e-6);
    expect(value[1]).to.be.closeTo(3, 1e-6);
  });

  it("gives rows left out the value 0", () => {
    const model = fullModel(lattice(4));
    const estimator = new Estimator(model);
    const inUse = model.dense.map((_, i) => (i === 3 ? 0 : 1));
    estimator.refactor(model.weight, inUse);
    const { residual } = estimator.estimate(measure(model, new Float64Array(model.h.columns), 1));
    expect(estimator.normalisedResiduals(residual).value[3]).to.equal(0);
  });
});

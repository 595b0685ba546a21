import { expect } from "chai";
import * as fc from "fast-check";
import { estimateWithMissing } from "../../../workers/estimation/estimateWithMissing.js";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { exactNullSpace } from "./exactNullSpace.js";
import { arbitraryGrid, fullModel, measure, randomNumbers } from "./models.js";

describe("estimateWithMissing", () => {
  it("fills the gaps with the true values where there is no noise, or names the states left open", () => {
    fc.assert(
      fc.property(
        arbitraryGrid(16),
        fc.infiniteStream(fc.nat(9)),
        fc.nat(9),
        fc.integer(),
        (grid, stream, share, seed) => {
          const model = fullModel(grid, seed);
          const random = randomNumbers(seed);
          const theta = Float64Array.from({ length: model.h.columns }, () => random() - 0.5);
          const z = measure(model, theta);
          const reported = model.dense.map(() => ((stream.next().value as number) <= share ? 1 : 0));
          const gaps = z.map((v, i) => (reported[i] ? v : NaN));
          const result = estimateWithMissing(new Estimator(model), gaps, reported);
          const { undetermined } = exactNullSpace(
            model.dense.filter((_, i) => reported[i]),
            model.h.columns,
          );
          if (!result.observable) {
            expect(result.unobservableStates).to.deep.equal(undetermined);
            return;
          }
          expect(undetermined).to.deep.equal([]);
          expect(result.missing).to.deep.equal(reported.flatMap((r, i) => (r ? [] : [i])));
          result.filled.forEach((v, i) => expect(v).to.be.closeTo(z[i]!, 1e-9));
          expect(result.degreesOfFreedom).to.equal(model.h.rows - result.missing.length - model.h.columns);
        },
      ),
      { numRuns: 300, seed: 118 },
    );
  });
});

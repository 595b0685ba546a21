import { expect } from "chai";
import * as fc from "fast-check";
import { analyze } from "../../../workers/estimation/analysis.js";
import { GainFactor } from "../../../workers/estimation/gainFactor.js";
import { selectedInverse } from "../../../workers/estimation/selectedInverse.js";
import { denseEstimate } from "./dense.js";
import { arbitraryGrid, fullModel } from "./models.js";

describe("selectedInverse", () => {
  it("has the dense inverse's entries on the pattern of L", () => {
    fc.assert(
      fc.property(arbitraryGrid(25), fc.integer(), (grid, seed) => {
        const model = fullModel(grid, seed);
        const analysis = analyze(model.h);
        const factor = new GainFactor(analysis);
        factor.factor(model.weight, 0);
        const { n, order, columnStart, row } = analysis.symbolic;
        const z = new Float64Array(row.length);
        selectedInverse(analysis.symbolic, factor.values, factor.inversePivot, z);
        const { inverse } = denseEstimate(model, new Float64Array(model.h.rows));
        for (let j = 0; j < n; j++)
          for (let p = columnStart[j]!; p < columnStart[j + 1]!; p++) {
            const a = order[row[p]!]!;
            const b = order[j]!;
            expect(z[p]).to.be.closeTo(inverse[a]![b]!, 1e-9 * Math.sqrt(inverse[a]![a]! * inverse[b]![b]!));
          }
      }),
      { seed: 118 },
    );
  });
});

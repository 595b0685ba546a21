import { expect } from "chai";
import * as fc from "fast-check";
import { analyze } from "../../../workers/estimation/analysis.js";
import { arbitraryGrid, fullModel } from "./models.js";

describe("analyseSymbolic", () => {
  it("finds the pattern of L that elimination entry by entry finds", () => {
    fc.assert(
      fc.property(arbitraryGrid(25), (grid) => {
        const model = fullModel(grid);
        const { symbolic } = analyze(model.h);
        const { n, order, columnStart, row } = symbolic;
        const filled = order.reduce<boolean[][]>((matrix, a) => {
          matrix.push(Array.from(order, (b) => model.dense.some((r) => r[a] !== 0 && r[b] !== 0)));
          return matrix;
        }, []);
        for (let k = 0; k < n; k++)
          for (let i = k + 1; i < n; i++)
            if (filled[i]![k]) for (let j = k + 1; j < n; j++) if (filled[j]![k]) filled[i]![j] = true;
        for (let k = 0; k < n; k++) {
          const expected = Array.from({ length: n }, (_, i) => i).filter(
            (i) => i === k || (i > k && filled[i]![k]),
          );
          expect([...row.subarray(columnStart[k], columnStart[k + 1])]).to.deep.equal(expected);
        }
      }),
    );
  });

  it("maps every pair of rows of a column to their entry", () => {
    fc.assert(
      fc.property(arbitraryGrid(40), (grid) => {
        const { n, columnStart, row, pairStart, pair } = analyze(fullModel(grid).h).symbolic;
        for (let k = 0; k < n; k++) {
          let m = pairStart[k]!;
          for (let p = columnStart[k]! + 1; p < columnStart[k + 1]!; p++)
            for (let q = p; q < columnStart[k + 1]!; q++) {
              const at = pair[m++]!;
              const j = row[p]!;
              expect(row[at]).to.equal(row[q]);
              expect(at).to.be.within(columnStart[j]!, columnStart[j + 1]! - 1);
            }
          expect(m).to.equal(pairStart[k + 1]);
        }
      }),
    );
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { thinQr } from "../../../workers/estimation/thinQr.js";

describe("thinQr", () => {
  it("gives an orthonormal Q and a triangular R whose product is A, whatever its rank", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((columns) =>
          fc.record({
            columns: fc.constant(columns),
            a: fc.array(
              fc.array(fc.integer({ min: -3, max: 3 }), { minLength: columns, maxLength: columns }),
              {
                minLength: columns,
                maxLength: 12,
              },
            ),
          }),
        ),
        ({ a, columns }) => {
          const { q, r } = thinQr(Float64Array.from(a.flat()), a.length, columns);
          const at = (m: Float64Array, i: number, j: number): number => m[i * columns + j]!;
          for (let j = 0; j < columns; j++) {
            for (let k = 0; k < columns; k++) {
              const dot = a.reduce((sum, _, i) => sum + at(q, i, j) * at(q, i, k), 0);
              expect(dot).to.be.closeTo(j === k ? 1 : 0, 1e-14);
              if (k < j) expect(at(r, j, k)).to.equal(0);
            }
            a.forEach((row, i) => {
              const product = row.reduce((sum, _, k) => sum + at(q, i, k) * at(r, k, j), 0);
              expect(product).to.be.closeTo(row[j]!, 1e-13);
            });
          }
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});

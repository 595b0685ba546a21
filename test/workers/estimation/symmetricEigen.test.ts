import { expect } from "chai";
import * as fc from "fast-check";
import { eigs, matrix } from "mathjs";
import { describe, it } from "mocha";
import { symmetricEigen } from "../../../workers/estimation/symmetricEigen.js";
import { randomNumbers, relativeError } from "./models.js";

/** Largest entry of AV - VΛ, and of VᵀV - I. */
function errors(a: Float64Array, n: number): { readonly equation: number; readonly lengths: number } {
  const { values, vectors } = symmetricEigen(a, n);
  let equation = 0;
  let lengths = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = -values[j]! * vectors[i * n + j]!;
      let dot = i === j ? -1 : 0;
      for (let k = 0; k < n; k++) {
        product += a[i * n + k]! * vectors[k * n + j]!;
        dot += vectors[k * n + i]! * vectors[k * n + j]!;
      }
      equation = Math.max(equation, Math.abs(product));
      lengths = Math.max(lengths, Math.abs(dot));
    }
  }
  return { equation, lengths };
}

describe("symmetricEigen", () => {
  it("gives the eigenvalues of mathjs, ascending, with vectors that are orthonormal", () => {
    const side = fc.integer({ min: 2, max: 9 });
    fc.assert(
      fc.property(
        side.chain((n) => fc.array(fc.integer({ min: -4, max: 4 }), { minLength: n * n, maxLength: n * n })),
        (entries) => {
          const n = Math.sqrt(entries.length);
          const a = Float64Array.from(
            entries,
            (_, k) => entries[k]! + entries[(k % n) * n + Math.floor(k / n)]!,
          );
          const rows = Array.from({ length: n }, (_, i) => [...a.subarray(i * n, i * n + n)]);
          const expected = (
            eigs(matrix(rows), { eigenvectors: false }).values as { toArray(): number[] }
          ).toArray();
          const { values } = symmetricEigen(a, n);
          expect(
            relativeError(
              values,
              expected.map(Number).sort((x, y) => x - y),
            ),
          ).to.be.below(1e-9);
          expect(errors(a, n).equation).to.be.below(1e-12);
          expect(errors(a, n).lengths).to.be.below(1e-13);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it("keeps its accuracy at 120 rows, with eigenvalues that repeat or vanish", () => {
    const n = 120;
    const random = randomNumbers(2);
    const half = Array.from({ length: n }, () => Float64Array.from({ length: 40 }, () => random() - 0.5));
    const a = new Float64Array(n * n);
    half.forEach((x, i) =>
      half.forEach((y, j) => (a[i * n + j] = x.reduce((sum, v, k) => sum + v * y[k]!, 0))),
    );
    expect(errors(a, n).equation).to.be.below(1e-12);
    expect(errors(a, n).lengths).to.be.below(1e-12);
    const { values } = symmetricEigen(a, n);
    expect(values.filter((v) => Math.abs(v) < 1e-12)).to.have.length(80);
  });

  it("takes matrices of no row, one row, and diagonals", () => {
    expect([...symmetricEigen(new Float64Array(0), 0).values]).to.deep.equal([]);
    expect([...symmetricEigen(Float64Array.of(-3), 1).values]).to.deep.equal([-3]);
    expect([...symmetricEigen(Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 1), 3).values]).to.deep.equal([
      1, 2, 2,
    ]);
  });
});

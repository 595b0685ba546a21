import type { Analysis } from "./analysis.js";
import { orthogonalFactor, type OrthogonalFactor } from "./orthogonalFactor.js";
import type { Symbolic } from "./symbolic.js";

/** An entry below this part of the largest is zero. */
const NULL_SUPPORT = 1e-9;

/**
 * Vectors v with Hv = 0, as many as H lacks rank, that together span all of them: each free state of R gives one, 1
 * there, 0 at the other free states, the rest by back substitution. Scaled so that the largest entry is ±1; what is
 * rounding is 0.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 * @returns by column of H; the array is made anew for each.
 */
export function* nullVectors(analysis: Analysis, inUse?: ArrayLike<number>): Generator<Float64Array> {
  const { symbolic } = analysis;
  const { n, order } = symbolic;
  const factor = orthogonalFactor(analysis, inUse);
  const vector = new Float64Array(n);
  for (const k of factor.free) {
    solveNull(symbolic, factor, k, vector);
    let largest = 0;
    for (let i = 0; i <= k; i++) largest = Math.max(largest, Math.abs(vector[i]!));
    const byColumn = new Float64Array(n);
    for (let i = 0; i <= k; i++) {
      const v = vector[i]! / largest;
      if (Math.abs(v) > NULL_SUPPORT) byColumn[order[i]!] = v;
    }
    yield byColumn;
  }
}

/** `Rv = e_k`, by position; states after k are 0. */
function solveNull(symbolic: Symbolic, factor: OrthogonalFactor, k: number, v: Float64Array): void {
  const { columnStart, row } = symbolic;
  const { values } = factor;
  v.fill(0);
  v[k] = 1;
  for (let i = k - 1; i >= 0; i--) {
    const begin = columnStart[i]!;
    let sum = 0;
    for (let p = begin + 1; p < columnStart[i + 1]!; p++) sum += values[p]! * v[row[p]!]!;
    v[i] = -sum / values[begin]!;
  }
}

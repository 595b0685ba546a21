import type { Analysis } from "./analysis.js";
import { orthogonalFactor, type OrthogonalFactor } from "./orthogonalFactor.js";
import type { Symbolic } from "./symbolic.js";

/**
 * A basis of the null space of H: the changes of the states that no row sees.
 *
 * Each free state of R gives one vector: 1 there, 0 at the other free states, the rest by back substitution.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 * @returns as many vectors as H lacks rank, each by column of H, its largest entry ±1.
 */
export function nullSpace(analysis: Analysis, inUse?: ArrayLike<number>): Float64Array[] {
  const { symbolic } = analysis;
  const factor = orthogonalFactor(analysis, inUse);
  const byPosition = new Float64Array(symbolic.n);
  return factor.free.map((k) => {
    solveForFree(symbolic, factor, k, byPosition);
    const largest = byPosition.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
    const vector = new Float64Array(symbolic.n);
    byPosition.forEach((entry, position) => (vector[symbolic.order[position]!] = entry / largest));
    return vector;
  });
}

/** `Rv = e_k`, by position; states after k are 0. */
function solveForFree(symbolic: Symbolic, factor: OrthogonalFactor, k: number, v: Float64Array): void {
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

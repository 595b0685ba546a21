import type { Analysis } from "./analysis.js";
import { orthogonalFactor, type OrthogonalFactor } from "./orthogonalFactor.js";
import type { Symbolic } from "./symbolic.js";

/** What the rows in use say about the states. */
export interface Observability {
  readonly observable: boolean;
  /** Rank of the rows in use. */
  readonly rank: number;
  /** Columns of H that are not determined, ascending: those where some v with Hv = 0 is not zero. */
  readonly unobservableStates: readonly number[];
}

/** An entry of a null vector above this part of its largest counts. */
const NULL_SUPPORT = 1e-9;

/**
 * Whether H has full column rank, and which states lie in its null space. Weights do not matter to it.
 *
 * Each free state of R gives one null vector: 1 there, 0 at the other free states, the rest by back substitution. Their
 * supports together are the states that are not determined.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 */
export function observability(analysis: Analysis, inUse?: ArrayLike<number>): Observability {
  const { symbolic } = analysis;
  const { n, order } = symbolic;
  const factor = orthogonalFactor(analysis, inUse);
  const open = new Uint8Array(n);
  const vector = new Float64Array(n);
  for (const k of factor.free) {
    nullVector(symbolic, factor, k, vector);
    let largest = 0;
    for (let i = 0; i <= k; i++) largest = Math.max(largest, Math.abs(vector[i]!));
    for (let i = 0; i <= k; i++) if (Math.abs(vector[i]!) > NULL_SUPPORT * largest) open[order[i]!] = 1;
  }
  const unobservableStates: number[] = [];
  open.forEach((isOpen, j) => isOpen && unobservableStates.push(j));
  return { observable: factor.free.length === 0, rank: n - factor.free.length, unobservableStates };
}

/** `Rv = e_k`, by position; states after k are 0. */
function nullVector(symbolic: Symbolic, factor: OrthogonalFactor, k: number, v: Float64Array): void {
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

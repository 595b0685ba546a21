import type { Analysis } from "./analysis.js";
import { nullVectors } from "./nullVectors.js";

/** What the rows in use say about the states. */
export interface Observability {
  readonly observable: boolean;
  /** Rank of the rows in use. */
  readonly rank: number;
  /** Columns of H that are not determined, ascending: those where some v with Hv = 0 is not zero. */
  readonly unobservableStates: readonly number[];
}

/**
 * Whether H has full column rank, and which states lie in its null space: the supports of the null vectors together.
 * Weights do not matter to it.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 */
export function observability(analysis: Analysis, inUse?: ArrayLike<number>): Observability {
  const n = analysis.symbolic.n;
  const open = new Uint8Array(n);
  let free = 0;
  for (const vector of nullVectors(analysis, inUse)) {
    free++;
    for (let j = 0; j < n; j++) if (vector[j] !== 0) open[j] = 1;
  }
  const unobservableStates: number[] = [];
  open.forEach((isOpen, j) => isOpen && unobservableStates.push(j));
  return { observable: free === 0, rank: n - free, unobservableStates };
}

import type { Analysis } from "./analysis.js";
import { nullSpace } from "./nullSpace.js";

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
 * Whether H has full column rank, and which states lie in its null space: the supports of a basis of it, together.
 * Weights do not matter to it.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 */
export function observability(analysis: Analysis, inUse?: ArrayLike<number>): Observability {
  const { n } = analysis.symbolic;
  const basis = nullSpace(analysis, inUse);
  const unobservableStates: number[] = [];
  for (let state = 0; state < n; state++) {
    if (basis.some((vector) => Math.abs(vector[state]!) > NULL_SUPPORT)) unobservableStates.push(state);
  }
  return { observable: basis.length === 0, rank: n - basis.length, unobservableStates };
}

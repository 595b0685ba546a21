import type { Analysis } from "./analysis.js";
import { NotObservableError } from "./errors.js";
import { GainFactor } from "./gainFactor.js";
import { observability, unitWeights } from "./observability.js";
import { rowRedundancies } from "./redundancy.js";

/**
 * The rows without any one of which the rest would no longer determine every state: those of redundancy 0, whatever
 * the weights.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 * @returns row numbers, ascending.
 * @throws NotObservableError when the rows in use do not determine every state to begin with.
 */
export function criticalRows(analysis: Analysis, inUse?: ArrayLike<number>): number[] {
  const { observable, unobservableStates } = observability(analysis, inUse);
  if (!observable) throw new NotObservableError(unobservableStates);
  const { weight } = unitWeights(analysis, inUse);
  const factor = new GainFactor(analysis);
  factor.factor(weight, 0);
  return rowRedundancies(factor, weight, new Float64Array(analysis.h.rows));
}

import type { Analysis } from "./analysis.js";
import { NotObservableError } from "./errors.js";
import { GainFactor } from "./gainFactor.js";
import { observability } from "./observability.js";
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
  const weight = unitWeights(analysis, inUse);
  const factor = new GainFactor(analysis);
  factor.factor(weight, 0);
  return rowRedundancies(factor, weight, new Float64Array(analysis.h.rows));
}

/** Weights that give each row in use unit length. */
function unitWeights(analysis: Analysis, inUse?: ArrayLike<number>): Float64Array {
  const { rows, start, value } = analysis.h;
  const weight = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let squares = 0;
    for (let p = start[i]!; p < start[i + 1]!; p++) squares += value[p]! * value[p]!;
    weight[i] = squares > 0 && (inUse === undefined || inUse[i]) ? 1 / squares : 0;
  }
  return weight;
}

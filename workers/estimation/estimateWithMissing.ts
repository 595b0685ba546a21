import type { Estimate, Estimator } from "./estimator.js";
import { NotObservableError } from "./errors.js";

/** An estimate from the rows that reported, or the states that they leave open. */
export type PartialEstimate =
  | {
      readonly observable: true;
      readonly estimate: Estimate;
      /** z with each gap filled by `h_iθ̂ - offset_i`. */
      readonly filled: Float64Array;
      /** Rows that were filled, ascending. */
      readonly missing: readonly number[];
      /** Of J: rows that reported less states. */
      readonly degreesOfFreedom: number;
    }
  | { readonly observable: false; readonly unobservableStates: readonly number[] };

/**
 * Estimates from the rows that reported, with the model's weights, and fills the gaps. The estimator is left with
 * the factor of those rows: `refactor()` brings all rows back.
 *
 * @param z one per row; any value, NaN too, where missing.
 * @param reported one per row, 0 where missing; 1 at virtual rows.
 */
export function estimateWithMissing(
  estimator: Estimator,
  z: Float64Array,
  reported: ArrayLike<number>,
): PartialEstimate {
  const { h, weight, offset } = estimator.model;
  try {
    estimator.refactor(weight, reported);
  } catch (error) {
    if (!(error instanceof NotObservableError)) throw error;
    return { observable: false, unobservableStates: error.states };
  }
  const estimate = estimator.estimate(z);
  const filled = z.slice();
  const missing: number[] = [];
  for (let i = 0; i < h.rows; i++) {
    if (reported[i] !== 0) continue;
    let value = -offset[i]!;
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++) value += h.value[p]! * estimate.theta[h.column[p]!]!;
    filled[i] = value;
    missing.push(i);
  }
  return { observable: true, estimate, filled, missing, degreesOfFreedom: estimator.degreesOfFreedom };
}

import type { IncentiveModel } from "./types.js";

/** What honest noise alone makes an alarm cost. */
export interface AnomalyShare {
  /** The part of Σwr² that is expected at each operator's meters, by seat; sums to 1. */
  readonly expected: readonly number[];
  /** |M_o|/|M|, by seat. */
  readonly meterShare: readonly number[];
  /** expected - meterShare, by seat: an alarm is expected to cost A times this. */
  readonly excess: readonly number[];
}

/**
 * Who bears a false alarm. With Gaussian errors of the stated variances the weighted residuals are isotropic in the
 * space of B = I - P, so that their direction does not depend on their length, which is what raises the alarm: given
 * J > τ as without it, meter i is expected to hold the part `s_i/Σs` of Σwr², s_i = B_ii its redundancy. That is exact
 * where all rows are meters; zero injections, whose residuals are tiny, make it an approximation.
 *
 * @param redundancy B_ii, one per row, as `Estimator.normalisedResiduals` gives it.
 */
export function anomalyShare(
  { ownerOfRow, operators, meterNames }: Pick<IncentiveModel, "ownerOfRow" | "operators" | "meterNames">,
  redundancy: ArrayLike<number>,
): AnomalyShare {
  const own = operators.map(() => 0);
  const count = operators.map(() => 0);
  for (let row = 0; row < meterNames.length; row++) {
    own[ownerOfRow[row]!]! += redundancy[row]!;
    count[ownerOfRow[row]!]!++;
  }
  const all = own.reduce((sum, x) => sum + x, 0);
  const meterShare = count.map((meters) => (meterNames.length === 0 ? 0 : meters / meterNames.length));
  // Without redundancy there is no residual, and no alarm that costs anything.
  const expected = all === 0 ? meterShare : own.map((x) => x / all);
  return { expected, meterShare, excess: expected.map((share, seat) => share - meterShare[seat]!) };
}

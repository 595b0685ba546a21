import type { GainFactor } from "./gainFactor.js";
import { residualsAndGradient } from "./residuals.js";

/** Below this, `1 - w·hG⁻¹hᵀ` has lost its digits to cancellation and is computed anew. */
const CANCELLED = 1e-6;
/** A redundancy this small is zero: the row's residual is nothing but rounding. */
const CRITICAL = 1e-12;

/**
 * The redundancy `S_ii = 1 - w_i h_i G⁻¹ h_iᵀ` of every row: the part of a meter's own error that shows in its residual,
 * between 0 and 1. The residual's variance is `Ω_ii = S_ii / w_i`. A row with `S_ii = 0` is *critical*: the estimate
 * follows it whatever it says, and without it the grid is not observable.
 *
 * Near zero the difference is all rounding. There `S = I - HG⁻¹HᵀW` helps: `S² = S` and `WS` is symmetric, so
 * `S_ii = Σ_j (w_j/w_i) S_ji²`, a sum of squares of the residuals that a unit error at i leaves. It costs one
 * solve and tells 1e-12 from 0.
 *
 * @param weight those of the factor.
 * @param redundancy out, one per row: exactly 0 at critical rows, 1 at rows of weight 0.
 * @returns the critical rows, ascending.
 */
export function rowRedundancies(
  factor: GainFactor,
  weight: Float64Array,
  redundancy: Float64Array,
): number[] {
  factor.rowVariances(redundancy);
  const suspects: number[] = [];
  for (let i = 0; i < weight.length; i++) {
    const s = 1 - weight[i]! * redundancy[i]!;
    redundancy[i] = s;
    if (!(s > CANCELLED)) suspects.push(i);
  }
  return suspects.length === 0 ? suspects : suspects.filter(refineRedundancy(factor, weight, redundancy));
}

/** A function that computes a row's redundancy anew, stores it, and says whether the row is critical. */
function refineRedundancy(
  factor: GainFactor,
  weight: Float64Array,
  redundancy: Float64Array,
): (row: number) => boolean {
  const { h } = factor.analysis;
  const unit = new Float64Array(h.rows);
  const residual = new Float64Array(h.rows);
  const x = new Float64Array(h.columns);
  const step = new Float64Array(h.columns);
  return (row) => {
    unit[row] = 1;
    x.fill(0);
    for (let pass = 0; pass < 3; pass++) {
      residualsAndGradient(h, weight, unit, x, residual, step);
      factor.solve(step);
      for (let k = 0; k < x.length; k++) x[k]! += step[k]!;
    }
    residualsAndGradient(h, weight, unit, x, residual, step);
    unit[row] = 0;
    let sum = 0;
    for (let j = 0; j < h.rows; j++) sum += weight[j]! * residual[j]! * residual[j]!;
    const s = sum / weight[row]!;
    const critical = !(s > CRITICAL);
    redundancy[row] = critical ? 0 : s;
    return critical;
  };
}

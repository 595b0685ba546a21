import type { GainFactor } from "./gainFactor.js";

/**
 * Whether a small pivot of G is real, rather than what rounding leaves of a zero.
 *
 * The pivot of state k is the smallest `vᵀGv` over the v with `v_k = 1` and zeros after k; `Lᵀv = e_k` gives that v.
 * Factoring finds it as a difference of larger numbers. `Σ w_i (h_i v)²` is the same without any difference, so on a
 * real pivot both agree, while on a zero the sum is far smaller than the rounding.
 *
 * @param weight those of the factor.
 * @param position of the state, in the order of elimination.
 */
export function confirmPivot(factor: GainFactor, weight: Float64Array, position: number): boolean {
  const { h, symbolic } = factor.analysis;
  const { columnStart, row } = symbolic;
  const { values } = factor;
  const v = new Float64Array(h.columns);
  v[position] = 1;
  for (let i = position - 1; i >= 0; i--) {
    let sum = 0;
    for (let p = columnStart[i]! + 1; p < columnStart[i + 1]!; p++) sum += values[p]! * v[row[p]!]!;
    v[i] = -sum;
  }
  let squares = 0;
  for (let i = 0; i < h.rows; i++) {
    let product = 0;
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++) product += h.value[p]! * v[h.column[p]!]!;
    squares += weight[i]! * product * product;
  }
  const pivot = values[columnStart[position]!]!;
  return Math.abs(squares - pivot) < 0.1 * pivot;
}

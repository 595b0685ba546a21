import type { Symbolic } from "./symbolic.js";

/**
 * `PAPᵀ = LDLᵀ` in place, right-looking: with the pivot d = D[k] and column k below it, `a`, every pair of its
 * rows loses `a_i·a_j/d`; the pair map says where. Then column k becomes `a/d`.
 *
 * No pivoting: right for definite matrices, and for any whose pivots stay away from zero.
 *
 * @param values in: the lower triangle of PAPᵀ on the pattern of L; out: D on the diagonal, L below.
 * @param inversePivot out: 1/D, by position.
 * @param scale by position: a pivot counts as zero if |d| ≤ tolerance·scale. It is replaced by scale (1 if that is
 *   zero), which for `HᵀWH` is one more meter on that state alone.
 * @param zeroPivots out: positions of the zero pivots; room for n.
 * @returns how many pivots were zero.
 */
export function factorizeNumeric(
  symbolic: Symbolic,
  values: Float64Array,
  inversePivot: Float64Array,
  scale: Float64Array,
  tolerance: number,
  zeroPivots: Int32Array,
): number {
  const { n, columnStart, pair } = symbolic;
  let zeros = 0;
  let m = 0;
  let begin = 0;
  for (let k = 0; k < n; k++) {
    const end = columnStart[k + 1]!;
    let d = values[begin]!;
    const s = scale[k]!;
    // Written so that a pivot that is not a number counts as zero.
    if (!(Math.abs(d) > tolerance * s)) {
      zeroPivots[zeros++] = k;
      d = s > 0 ? s : 1;
      values[begin] = d;
    }
    const inverse = 1 / d;
    inversePivot[k] = inverse;
    for (let p = begin + 1; p < end; p++) {
      const l = values[p]! * inverse;
      for (let q = p; q < end; q++) values[pair[m++]!]! -= l * values[q]!;
      values[p] = l;
    }
    begin = end;
  }
  return zeros;
}

/** Solves `LDLᵀx = b` in place; `x` is by position. */
export function solveFactored(
  symbolic: Symbolic,
  values: Float64Array,
  inversePivot: Float64Array,
  x: Float64Array,
): void {
  const { n, columnStart, row } = symbolic;
  let begin = 0;
  for (let k = 0; k < n; k++) {
    const end = columnStart[k + 1]!;
    const v = x[k]!;
    for (let p = begin + 1; p < end; p++) x[row[p]!]! -= values[p]! * v;
    begin = end;
  }
  for (let k = n - 1, end = columnStart[n]!; k >= 0; k--) {
    begin = columnStart[k]!;
    let v = x[k]! * inversePivot[k]!;
    for (let p = begin + 1; p < end; p++) v -= values[p]! * x[row[p]!]!;
    x[k] = v;
    end = begin;
  }
}

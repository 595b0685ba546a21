import type { SparseRows } from "./types.js";

/*
 * Passes over H. Most rows of a grid are flows, with two entries: they have a branch of their own, which saves a
 * quarter of the time.
 */

/** The gradient `g = HᵀWy`. */
export function weightedGradient(
  h: SparseRows,
  weight: Float64Array,
  y: Float64Array,
  gradient: Float64Array,
): void {
  const { rows, start, column, value } = h;
  gradient.fill(0);
  let begin = 0;
  for (let i = 0; i < rows; i++) {
    const end = start[i + 1]!;
    const wy = weight[i]! * y[i]!;
    for (let p = begin; p < end; p++) gradient[column[p]!]! += value[p]! * wy;
    begin = end;
  }
}

/** `r = y - Hx` and the gradient `g = HᵀWr`. Rows of weight 0 get residual 0. */
export function residualsAndGradient(
  h: SparseRows,
  weight: Float64Array,
  y: Float64Array,
  x: Float64Array,
  residual: Float64Array,
  gradient: Float64Array,
): void {
  const { rows, start, column, value } = h;
  gradient.fill(0);
  let begin = 0;
  for (let i = 0; i < rows; i++) {
    const end = start[i + 1]!;
    const w = weight[i]!;
    let r = 0;
    if (w !== 0) {
      r = y[i]!;
      if (end - begin === 2) {
        const a = column[begin]!;
        const b = column[begin + 1]!;
        const ha = value[begin]!;
        const hb = value[begin + 1]!;
        r -= ha * x[a]! + hb * x[b]!;
        const wr = w * r;
        gradient[a]! += ha * wr;
        gradient[b]! += hb * wr;
      } else {
        for (let p = begin; p < end; p++) r -= value[p]! * x[column[p]!]!;
        const wr = w * r;
        for (let p = begin; p < end; p++) gradient[column[p]!]! += value[p]! * wr;
      }
    }
    residual[i] = r;
    begin = end;
  }
}

/** `r = y - Hx`; rows of weight 0 get residual 0. @returns `J = Σ w r²`. */
export function residualsAndObjective(
  h: SparseRows,
  weight: Float64Array,
  y: Float64Array,
  x: Float64Array,
  residual: Float64Array,
): number {
  const { rows, start, column, value } = h;
  let objective = 0;
  let begin = 0;
  for (let i = 0; i < rows; i++) {
    const end = start[i + 1]!;
    const w = weight[i]!;
    let r = 0;
    if (w !== 0) {
      r = y[i]!;
      if (end - begin === 2)
        r -= value[begin]! * x[column[begin]!]! + value[begin + 1]! * x[column[begin + 1]!]!;
      else for (let p = begin; p < end; p++) r -= value[p]! * x[column[p]!]!;
      objective += w * r * r;
    }
    residual[i] = r;
    begin = end;
  }
  return objective;
}

import type { SparseRows } from "./types.js";

/** `r = y - Hx` and the gradient `g = HᵀWr`, in one pass over H. Rows of weight 0 get residual 0. */
export function residualsAndGradient(
  h: SparseRows,
  weight: Float64Array,
  y: Float64Array,
  x: Float64Array,
  residual: Float64Array,
  gradient: Float64Array,
): void {
  const { start, column, value } = h;
  gradient.fill(0);
  let begin = 0;
  for (let i = 0; i < h.rows; i++) {
    const end = start[i + 1]!;
    const w = weight[i]!;
    let r = 0;
    if (w !== 0) {
      r = y[i]!;
      for (let p = begin; p < end; p++) r -= value[p]! * x[column[p]!]!;
      const wr = w * r;
      for (let p = begin; p < end; p++) gradient[column[p]!]! += value[p]! * wr;
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
  const { start, column, value } = h;
  let objective = 0;
  let begin = 0;
  for (let i = 0; i < h.rows; i++) {
    const end = start[i + 1]!;
    const w = weight[i]!;
    let r = 0;
    if (w !== 0) {
      r = y[i]!;
      for (let p = begin; p < end; p++) r -= value[p]! * x[column[p]!]!;
      objective += w * r * r;
    }
    residual[i] = r;
    begin = end;
  }
  return objective;
}

import type { SparseRows } from "./types.js";

/** `h_i x`: row i of H times a vector over its columns. */
export function multiplyRow({ start, column, value }: SparseRows, i: number, x: ArrayLike<number>): number {
  let sum = 0;
  for (let p = start[i]!; p < start[i + 1]!; p++) sum += value[p]! * x[column[p]!]!;
  return sum;
}

import type { Analysis } from "./analysis.js";
import { rotateRow } from "./rotateRow.js";

/** `H = QR` of rows of unit length, completed where H lacks rank. All state numbers are positions. */
export interface OrthogonalFactor {
  /** R by rows: row k has the pattern of column k of L, since `RᵀR = HᵀH`. */
  readonly values: Float64Array;
  /** Positions of the states that follow from no row; a row "1 at this state" stands in for each. Ascending. */
  readonly free: readonly number[];
}

/** A diagonal entry of R below this part of its column's length is rounding. */
const ZERO = 1e-9;

/**
 * Triangularises H by Givens rotations, one row at a time (George and Heath, "Solution of sparse linear least squares
 * problems using Givens rotations", Linear Algebra Appl. 34, 1980).
 *
 * Slower than factoring G, but it does not square the condition of H: what is weakly tied stays apart from what is
 * not tied at all. Where `R[k,k]` is zero, state k is free: "1 at state k" takes the place of row k, whose rest goes on
 * climbing, so that the states above are judged with all that is known.
 *
 * @param inUse one per row, 0 where the row is missing; all rows if left out.
 */
export function orthogonalFactor(analysis: Analysis, inUse?: ArrayLike<number>): OrthogonalFactor {
  const { h, symbolic } = analysis;
  const { n, columnStart, row } = symbolic;
  const values = new Float64Array(row.length);
  const work = new Float64Array(n);
  const squares = new Float64Array(n);

  for (let i = 0; i < h.rows; i++) {
    if (inUse !== undefined && !inUse[i]) continue;
    const end = h.start[i + 1]!;
    let length = 0;
    let first = n;
    for (let p = h.start[i]!; p < end; p++) length = Math.hypot(length, h.value[p]!);
    if (length === 0) continue;
    for (let p = h.start[i]!; p < end; p++) {
      const k = h.column[p]!;
      const v = h.value[p]! / length;
      work[k] = v;
      squares[k]! += v * v;
      if (k < first) first = k;
    }
    rotateRow(symbolic, values, work, first);
  }

  const free: number[] = [];
  for (let k = 0; k < n; k++) {
    const begin = columnStart[k]!;
    if (Math.abs(values[begin]!) > ZERO * Math.sqrt(squares[k]!)) continue;
    free.push(k);
    values[begin] = 1;
    for (let p = begin + 1; p < columnStart[k + 1]!; p++) {
      work[row[p]!] = values[p]!;
      values[p] = 0;
    }
    if (begin + 1 < columnStart[k + 1]!) rotateRow(symbolic, values, work, row[begin + 1]!);
  }
  return { values, free };
}

import type { Symbolic } from "../estimation/symbolic.js";
import type { IntegerGain } from "./integerGain.js";
import { integerSquareRoot } from "./integerSquareRoot.js";
import type { IntegerFactor } from "./types.js";

/**
 * Cholesky's factor in integers: `2^scaleDigits G - shift·I = L Lᵀ + E`.
 *
 * Column by column, right-looking, with whole numbers for the roots and quotients of the floating algorithm: what
 * rounding leaves of an entry is that entry of E, exactly. Off the diagonal it is at most `L_jj/2`, on it at most `2 L_jj`.
 *
 * @param symbolic of G in its own order.
 * @returns undefined if a pivot is not positive: `shift` is too large, or G is singular.
 */
export function integerCholesky(
  gain: IntegerGain,
  symbolic: Symbolic,
  scaleDigits: number,
  shift: bigint,
): IntegerFactor["columns"] | undefined {
  const { n, columnStart, row, pair } = symbolic;
  const values = Array.from({ length: row.length }, () => 0n);
  for (let j = 0; j < n; j++) {
    for (let p = columnStart[j]!; p < columnStart[j + 1]!; p++) {
      values[p] = (gain.columns[j]!.get(row[p]!) ?? 0n) << BigInt(scaleDigits);
    }
    values[columnStart[j]!]! -= shift;
  }
  const columns: { row: number; factor: bigint; error: bigint }[][] = [];
  let m = 0;
  for (let j = 0; j < n; j++) {
    const begin = columnStart[j]!;
    const end = columnStart[j + 1]!;
    const pivot = values[begin]!;
    if (pivot <= 0n) return undefined;
    const root = integerSquareRoot(pivot);
    const column = [{ row: j, factor: root, error: pivot - root * root }];
    for (let p = begin + 1; p < end; p++) {
      const factor = quotient(values[p]!, root);
      column.push({ row: row[p]!, factor, error: 2n * (values[p]! - factor * root) });
    }
    for (let p = 1; p < column.length; p++) {
      const { factor } = column[p]!;
      for (let q = p; q < column.length; q++) values[pair[m++]!]! -= factor * column[q]!.factor;
    }
    columns.push(column);
  }
  return columns;
}

/** a/b to the nearest whole number; b is positive. */
function quotient(a: bigint, b: bigint): bigint {
  const half = b / 2n;
  return a >= 0n ? (a + half) / b : -((half - a) / b);
}

import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { integerGain } from "../../../workers/factor/integerGain.js";
import { integerSquareRoot } from "../../../workers/factor/integerSquareRoot.js";
import type { FactorEntry, IntegerFactor } from "../../../workers/factor/types.js";

/** A symmetric matrix, dense. */
export type Dense = bigint[][];

/** The gain matrix of a version, dense, by tree record without the roots. */
export function denseGain(records: VersionRecords): Dense {
  const { n, columns } = integerGain(records);
  const dense = Array.from({ length: n }, () => Array.from({ length: n }, () => 0n));
  columns.forEach((column, j) => {
    for (const [i, value] of column) {
      dense[i]![j] = value;
      dense[j]![i] = value;
    }
  });
  return dense;
}

/** The matrix L of a factor, dense. */
export function denseFactor({ columns }: Pick<IntegerFactor, "columns">, roots: number, n: number): Dense {
  const dense = Array.from({ length: n }, () => Array.from({ length: n }, () => 0n));
  for (const column of columns) {
    const j = column[0]!.row - roots;
    for (const { row, factor } of column) dense[row - roots]![j] = factor;
  }
  return dense;
}

/**
 * The columns of a claim with any L: E is what `2^scaleDigits G - shift·I` leaves of it, so that the equation holds.
 *
 * @param lower L, of which only the entries on and below the diagonal count.
 */
export function claimWith(
  gain: Dense,
  roots: number,
  scaleDigits: number,
  shift: bigint,
  lower: Dense,
): IntegerFactor {
  const n = gain.length;
  const columns = Array.from({ length: n }, (_, j): FactorEntry[] =>
    Array.from({ length: n - j }, (_unused, d): FactorEntry => {
      const i = j + d;
      let rest = (gain[i]![j]! << BigInt(scaleDigits)) - (i === j ? shift : 0n);
      for (let k = 0; k <= j; k++) rest -= lower[i]![k]! * lower[j]![k]!;
      return { row: i + roots, factor: lower[i]![j]!, error: i === j ? rest : 2n * rest };
    }),
  );
  return { scaleDigits, shift, columns };
}

/** Cholesky's L of `2^scaleDigits G - shift·I` in whole numbers; a column whose pivot is not positive stays zero. */
export function lowerOf(gain: Dense, scaleDigits: number, shift: bigint): Dense {
  const n = gain.length;
  const lower = Array.from({ length: n }, () => Array.from({ length: n }, () => 0n));
  for (let j = 0; j < n; j++) {
    const rest = (i: number): bigint => {
      let value = (gain[i]![j]! << BigInt(scaleDigits)) - (i === j ? shift : 0n);
      for (let k = 0; k < j; k++) value -= lower[i]![k]! * lower[j]![k]!;
      return value;
    };
    const pivot = rest(j);
    if (pivot <= 0n) continue;
    const root = integerSquareRoot(pivot);
    for (let i = j; i < n; i++) lower[i]![j] = i === j ? root : rest(i) / root;
  }
  return lower;
}

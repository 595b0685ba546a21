import { analyseSymbolic } from "../estimation/symbolic.js";
import { SingularMatrixError } from "../estimation/errors.js";
import type { VersionRecords } from "../grid/version/types.js";
import { FactorError } from "./errors.js";
import { integerCholesky } from "./integerCholesky.js";
import { integerGain, patternOf } from "./integerGain.js";
import { integerSquareRoot } from "./integerSquareRoot.js";
import { smallestEigenvalue } from "./smallestEigenvalue.js";
import type { IntegerFactor } from "./types.js";

/** Entries of L and E are below 2^59 on the chain; L_jj² is at most the scaled diagonal of G. */
const MOST_DIAGONAL_BITS = 116;
const MOST_SCALE_DIGITS = 64;
const SCALE_STEP = 8;
/** Parts of the estimated smallest eigenvalue that are tried as shift. */
const FRACTIONS = [7, 4, 2] as const;

/** A factor, and what it proves. */
export interface ProvenFactor extends IntegerFactor {
  /** λ_min(G) is at least this, in the integers of the version. */
  readonly eigenBound: bigint;
}

/**
 * Factors the gain matrix of a factored version such that the chain can check it, in the order of its records. G is scaled
 * up no more than is needed for rounding (E) to cost less than half of the shift.
 *
 * @throws FactorError if no scale that fits into the entries does.
 */
export function factorVersion(records: VersionRecords): ProvenFactor {
  const { roots } = records.geometry;
  const gain = integerGain(records);
  const pattern = patternOf(gain);
  const symbolic = analyseSymbolic(
    pattern,
    Int32Array.from({ length: gain.n }, (_, i) => i),
  );
  let bits = 0;
  gain.columns.forEach((column, j) => (bits = Math.max(bits, (column.get(j) ?? 0n).toString(2).length)));
  if (bits > MOST_DIAGONAL_BITS) {
    throw new FactorError(
      `the gain matrix has entries of ${bits} bits, ${MOST_DIAGONAL_BITS} can be proved: a susceptance is too large`,
    );
  }
  const eigenvalue = estimate();
  const most = Math.min(MOST_SCALE_DIGITS, MOST_DIAGONAL_BITS - bits);
  for (let scaleDigits = 0; ; scaleDigits = Math.min(most, scaleDigits + SCALE_STEP)) {
    for (const eighths of FRACTIONS) {
      const shift = BigInt(Math.floor((eigenvalue * eighths) / 8)) << BigInt(scaleDigits);
      if (shift === 0n) continue;
      const columns = integerCholesky(gain, symbolic, scaleDigits, shift);
      if (columns === undefined) continue;
      const error = errorBound(columns);
      if (2n * error >= shift) continue;
      return {
        scaleDigits,
        shift,
        columns: columns.map((column) => column.map((entry) => ({ ...entry, row: entry.row + roots }))),
        eigenBound: (shift - error) >> BigInt(scaleDigits),
      };
    }
    if (scaleDigits === most) break;
  }
  throw new FactorError(
    `the gain matrix is too close to singular to be proved: its smallest eigenvalue is about ${eigenvalue.toExponential(1)}, ` +
      `its entries have ${bits} bits`,
  );

  function estimate(): number {
    try {
      return smallestEigenvalue(gain);
    } catch (error) {
      if (!(error instanceof SingularMatrixError)) throw error;
      throw new FactorError("the gain matrix is singular to double precision");
    }
  }
}

/** ⌈√Σe²⌉, as the chain bounds the norm of E. */
function errorBound(columns: IntegerFactor["columns"]): bigint {
  let squares = 0n;
  for (const column of columns) for (const { error } of column) squares += error * error;
  const root = integerSquareRoot(squares);
  return root * root < squares ? root + 1n : root;
}

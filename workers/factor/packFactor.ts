import { FactorError } from "./errors.js";
import type { FactorEntry, IntegerFactor, PackedFactor } from "./types.js";

/** Bytes of an entry (`FactorCheck.ENTRY_BYTES`). */
export const FACTOR_ENTRY_BYTES = 17;

/** Most entries of a part: 100 kB, which leaves room for the hashes of all parts beside it. */
const PART_ENTRIES = 5_882;

/** A factor as the chain takes it; each part is a number of whole columns. @throws FactorError if one does not fit. */
export function packFactor({ scaleDigits, shift, columns }: IntegerFactor): PackedFactor {
  const parts: Uint8Array[] = [];
  let pending: (readonly FactorEntry[])[] = [];
  let entries = 0;
  for (const column of columns) {
    if (column.length > PART_ENTRIES) {
      throw new FactorError(
        `a column of the factor has ${column.length} entries, ${PART_ENTRIES} fit in a part`,
      );
    }
    if (entries + column.length > PART_ENTRIES) {
      parts.push(packColumns(pending));
      pending = [];
      entries = 0;
    }
    pending.push(column);
    entries += column.length;
  }
  parts.push(packColumns(pending));
  return { scaleDigits, shift, parts };
}

/** Columns as bytes: `FactorCheck.sol` draws an entry. */
export function packColumns(columns: readonly (readonly FactorEntry[])[]): Uint8Array {
  const count = columns.reduce((sum, column) => sum + column.length, 0);
  const bytes = new Uint8Array(count * FACTOR_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const column of columns) {
    for (const [i, { row, factor, error }] of column.entries()) {
      const both = (signed60(factor) << 60n) | signed60(error);
      view.setBigUint64(at + 9, BigInt.asUintN(64, both));
      // Of these eight bytes the first is zero, and belongs to the row.
      view.setBigUint64(at + 1, both >> 64n);
      view.setUint16(at, (i === 0 ? 0x8000 : 0) | row);
      at += FACTOR_ENTRY_BYTES;
    }
  }
  return bytes;
}

function signed60(value: bigint): bigint {
  if (BigInt.asIntN(60, value) !== value)
    throw new FactorError(`an entry of the factor, ${value}, does not fit in 60 bits`);
  return BigInt.asUintN(60, value);
}

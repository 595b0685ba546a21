/** How values travel: see `ISlotLedger`. A value is a signed 24-bit big-endian integer. */

/** Marks a value that is missing: -2²³. */
export const MISSING = -(2 ** 23);

const VALUE_BYTES = 3;
const ENTRY_BYTES = 5;

/** Packs the values of a batch, counts or `MISSING`. */
export function packBatch(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(VALUE_BYTES * values.length);
  for (let i = 0; i < values.length; i++) writeValue(bytes, VALUE_BYTES * i, values[i]!);
  return bytes;
}

export function unpackBatch(bytes: Uint8Array): Int32Array {
  return Int32Array.from({ length: bytes.length / VALUE_BYTES }, (_, i) => readValue(bytes, VALUE_BYTES * i));
}

/** A value that a supplement brings. */
export interface SupplementEntry {
  /** Position in the batch. */
  readonly position: number;
  readonly value: number;
}

/** Packs a supplement; positions ascend. */
export function packSupplement(entries: readonly SupplementEntry[]): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES * entries.length);
  for (const [i, { position, value }] of entries.entries()) {
    bytes[ENTRY_BYTES * i] = position >> 8;
    bytes[ENTRY_BYTES * i + 1] = position & 0xff;
    writeValue(bytes, ENTRY_BYTES * i + 2, value);
  }
  return bytes;
}

export function unpackSupplement(bytes: Uint8Array): SupplementEntry[] {
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, i) => ({
    position: (bytes[ENTRY_BYTES * i]! << 8) | bytes[ENTRY_BYTES * i + 1]!,
    value: readValue(bytes, ENTRY_BYTES * i + 2),
  }));
}

function writeValue(bytes: Uint8Array, offset: number, value: number): void {
  if (!Number.isInteger(value) || value < MISSING || value >= -MISSING) {
    throw new RangeError(`${value} is not a signed 24-bit integer`);
  }
  bytes[offset] = (value >> 16) & 0xff;
  bytes[offset + 1] = (value >> 8) & 0xff;
  bytes[offset + 2] = value & 0xff;
}

function readValue(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8)) >> 8;
}

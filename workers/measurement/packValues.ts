import { MISSING_VALUE } from "../grid/version/constants.js";

const VALUE_BYTES = 3;
const SUPPLEMENT_BYTES = 5;
const ANGLE_BYTES = 5;

/** A value that brings late what a batch was missing. */
export interface SupplementEntry {
  /** Position in the batch. */
  readonly position: number;
  readonly value: number;
}

/** A batch as the ledger takes it: 24-bit integers, big-endian. @throws RangeError naming the position. */
export function packBatch(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * VALUE_BYTES);
  for (let i = 0; i < values.length; i++) putValue(bytes, i * VALUE_BYTES, values[i]!, i);
  return bytes;
}

/** The values of a batch; `MISSING_VALUE` where one is missing. */
export function unpackBatch(bytes: Uint8Array): Int32Array {
  if (bytes.length % VALUE_BYTES !== 0)
    throw new RangeError(`a batch of ${bytes.length} bytes has no whole values`);
  return Int32Array.from({ length: bytes.length / VALUE_BYTES }, (_, i) => valueAt(bytes, i * VALUE_BYTES));
}

/** A supplement as the ledger takes it. Positions must ascend. */
export function packSupplement(entries: readonly SupplementEntry[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * SUPPLEMENT_BYTES);
  const view = new DataView(bytes.buffer);
  entries.forEach(({ position, value }, i) => {
    view.setUint16(i * SUPPLEMENT_BYTES, position);
    putValue(bytes, i * SUPPLEMENT_BYTES + 2, value, position);
  });
  return bytes;
}

/** The entries of a supplement. */
export function unpackSupplement(bytes: Uint8Array): SupplementEntry[] {
  if (bytes.length % SUPPLEMENT_BYTES !== 0)
    throw new RangeError(`a supplement of ${bytes.length} bytes has no whole entries`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / SUPPLEMENT_BYTES }, (_, i) => ({
    position: view.getUint16(i * SUPPLEMENT_BYTES),
    value: valueAt(bytes, i * SUPPLEMENT_BYTES + 2),
  }));
}

/** Fills the missing values of a batch from a supplement: the first value of a meter counts. */
export function applySupplement(batch: Int32Array, entries: readonly SupplementEntry[]): Int32Array {
  const filled = batch.slice();
  for (const { position, value } of entries) if (filled[position] === MISSING_VALUE) filled[position] = value;
  return filled;
}

/** The supplements of a slot as a settlement brings them: each after its length in 24 bits. */
export function joinSupplements(supplements: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(supplements.reduce((sum, s) => sum + VALUE_BYTES + s.length, 0));
  let at = 0;
  for (const supplement of supplements) {
    bytes.set([supplement.length >> 16, (supplement.length >> 8) & 0xff, supplement.length & 0xff], at);
    bytes.set(supplement, at + VALUE_BYTES);
    at += VALUE_BYTES + supplement.length;
  }
  return bytes;
}

/** Angles as a settlement brings them: 40-bit integers. @throws RangeError naming the state whose angle does not fit. */
export function packAngles(angles: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(angles.length * ANGLE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < angles.length; i++) {
    const angle = angles[i]!;
    if (!Number.isInteger(angle) || angle < -(2 ** 39) || angle >= 2 ** 39) {
      throw new RangeError(`angle ${i}: ${angle} does not fit in 40 bits`);
    }
    const unsigned = angle < 0 ? angle + 2 ** 40 : angle;
    view.setUint8(i * ANGLE_BYTES, Math.floor(unsigned / 2 ** 32));
    view.setUint32(i * ANGLE_BYTES + 1, unsigned % 2 ** 32);
  }
  return bytes;
}

/** The angles of a settlement. */
export function unpackAngles(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from(
    { length: bytes.length / ANGLE_BYTES },
    (_, i) => view.getInt8(i * ANGLE_BYTES) * 2 ** 32 + view.getUint32(i * ANGLE_BYTES + 1),
  );
}

function putValue(bytes: Uint8Array, at: number, value: number, position: number): void {
  if (!Number.isInteger(value) || value < MISSING_VALUE || value >= -MISSING_VALUE) {
    throw new RangeError(`value ${position}: ${value} does not fit in 24 bits`);
  }
  bytes[at] = (value >> 16) & 0xff;
  bytes[at + 1] = (value >> 8) & 0xff;
  bytes[at + 2] = value & 0xff;
}

function valueAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}

import {
  ANGLE_BYTES,
  CHUNK_BYTES,
  ENTRY_BYTES,
  METER_KINDS,
  RECORD_BYTES,
  VALUE_BYTES,
} from "./constants.js";
import { VersionError } from "./errors.js";
import type { EdgeRecord, DirectoryEntry, RowSlot, TreeRecord, VersionRecords } from "./types.js";

/** The chunks of a version, as the registry takes them; `GridRecord.sol` draws the layout. */
export function packRecords(records: VersionRecords): Uint8Array[] {
  const { tree, chords, probes, directory } = records;
  const bytes = concat([
    words(tree.map(treeWord)),
    words([...chords, ...probes].map(edgeWord)),
    ranges(directory),
    entries(directory),
  ]);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return chunks;
}

/** A tree record as a word. */
export function treeWord(record: TreeRecord): bigint {
  return (
    (signed40(record.susceptance, `line ${record.line}`) << 216n) |
    (strengthOf(record) << 174n) |
    (signBits(record) << 172n) |
    (BigInt(record.childIsFrom) << 171n) |
    (BigInt(record.line) << 151n) |
    (BigInt(record.bus) << 131n) |
    (BigInt(record.parent * ANGLE_BYTES) << 113n) |
    (BigInt(record.parent) << 98n) |
    (rowBits(record.main) << 49n) |
    rowBits(record.injection)
  );
}

/** A chord or probe record as a word. */
export function edgeWord(record: EdgeRecord): bigint {
  return (
    (signed40(record.susceptance, `line ${record.place}`) << 216n) |
    (signed40(record.shift, `phase shift of line ${record.place}`) << 176n) |
    (BigInt(METER_KINDS.indexOf(record.kind)) << 135n) |
    (BigInt(record.place) << 115n) |
    (BigInt(record.to * ANGLE_BYTES) << 97n) |
    (BigInt(record.from * ANGLE_BYTES) << 79n) |
    (BigInt(record.to) << 64n) |
    (BigInt(record.from) << 49n) |
    rowBits(record.row)
  );
}

/** A directory entry as 64 bits. */
export function entryBits(entry: DirectoryEntry): bigint {
  return (BigInt(entry.kind) << 57n) | (BigInt(entry.place) << 37n) | BigInt(entry.weight);
}

/** The bits of a value that must equal its sign. */
export function rangeMask(rangeBits: number): number {
  return 2 ** 24 - 2 ** (rangeBits + 1);
}

function rowBits(row: RowSlot | undefined): bigint {
  return row === undefined ? 0n : (BigInt(row.weight) << 17n) | BigInt(row.meter * VALUE_BYTES);
}

/** ⌊log2(w b²)⌋ of the main row, which the bound on the over-statement divides by; 0 without an edge. */
export function strengthOf({ main, susceptance }: TreeRecord): bigint {
  if (main === undefined) return 0n;
  return BigInt((BigInt(main.weight) * BigInt(susceptance) ** 2n).toString(2).length - 1);
}

/** 1 or -1 in two bits; 0 without an edge. */
function signBits(record: TreeRecord): bigint {
  if (record.main === undefined) return 0n;
  return record.mainAtParent ? 0b11n : 0b01n;
}

function signed40(value: number, what: string): bigint {
  if (Math.abs(value) >= 2 ** 39) throw new VersionError(`${what}: ${value} does not fit in 40 bits`);
  return BigInt.asUintN(40, BigInt(value));
}

function words(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  values.forEach((word, i) => {
    for (let part = 0; part < 4; part++) {
      view.setBigUint64(i * RECORD_BYTES + part * 8, BigInt.asUintN(64, word >> BigInt(192 - 64 * part)));
    }
  });
  return bytes;
}

function ranges(directory: readonly DirectoryEntry[]): Uint8Array {
  const bytes = new Uint8Array(wholeWords(directory.length * VALUE_BYTES));
  directory.forEach((entry, i) => {
    const mask = rangeMask(entry.rangeBits);
    bytes.set([mask >> 16, (mask >> 8) & 0xff, mask & 0xff], i * VALUE_BYTES);
  });
  return bytes;
}

function entries(directory: readonly DirectoryEntry[]): Uint8Array {
  const bytes = new Uint8Array(wholeWords(directory.length * ENTRY_BYTES));
  const view = new DataView(bytes.buffer);
  directory.forEach((entry, i) => view.setBigUint64(i * ENTRY_BYTES, entryBits(entry)));
  return bytes;
}

function wholeWords(length: number): number {
  return Math.ceil(length / 32) * 32;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

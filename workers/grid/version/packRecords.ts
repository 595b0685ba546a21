import { CHUNK_BYTES, ENTRY_BYTES, RECORD_BYTES } from "./constants.js";
import { VersionError } from "./errors.js";
import type { ChordRecord, DirectoryEntry, RowSlot, TreeRecord, VersionRecords } from "./types.js";

/** The chunks of a version, as the registry takes them: those of the tree, of the chords, of the directory. */
export function packRecords(records: VersionRecords): Uint8Array[] {
  return [
    ...cut(words(records.tree.map(treeWord))),
    ...cut(words(records.chords.map(chordWord))),
    ...cut(entries(records.directory)),
  ];
}

/** A tree record as a word; the layout is drawn in `GridRecord.sol`. */
export function treeWord(record: TreeRecord): bigint {
  return (
    (signed40(record.susceptance, `line ${record.line}`) << 216n) |
    (BigInt(record.pmu) << 212n) |
    (BigInt(record.childIsFrom) << 211n) |
    (BigInt(record.line) << 191n) |
    (BigInt(record.bus) << 171n) |
    (BigInt(record.parent) << 156n) |
    (slotBits(record.parentEnd) << 104n) |
    (slotBits(record.childEnd) << 52n) |
    slotBits(record.injection)
  );
}

/** A chord record as a word. */
export function chordWord(record: ChordRecord): bigint {
  return (
    (signed40(record.susceptance, `line ${record.place}`) << 216n) |
    (signed40(record.shift, `phase shift of line ${record.place}`) << 176n) |
    (BigInt(record.from) << 161n) |
    (BigInt(record.to) << 146n) |
    (BigInt(record.place) << 126n) |
    (BigInt(record.pmu) << 104n) |
    (slotBits(record.toEnd) << 52n) |
    slotBits(record.fromEnd)
  );
}

/** A directory entry as 64 bits. */
export function entryBits(entry: DirectoryEntry): bigint {
  return (
    (BigInt(entry.kind) << 57n) |
    (BigInt(entry.place) << 37n) |
    (BigInt(entry.rangeBits) << 32n) |
    BigInt(entry.weight)
  );
}

function slotBits(slot: RowSlot | undefined): bigint {
  if (slot === undefined) return 0n;
  return (BigInt(slot.weight) << 20n) | (BigInt(slot.rangeBits) << 15n) | BigInt(slot.meter);
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

function entries(directory: readonly DirectoryEntry[]): Uint8Array {
  const bytes = new Uint8Array(directory.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  directory.forEach((entry, i) => view.setBigUint64(i * ENTRY_BYTES, entryBits(entry)));
  return bytes;
}

function cut(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  return chunks;
}

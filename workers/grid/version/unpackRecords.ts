import { ENTRY_BYTES, METER_KINDS, RECORD_BYTES, VALUE_BYTES } from "./constants.js";
import { VersionError } from "./errors.js";
import type { EdgeRecord, DirectoryEntry, Geometry, RowSlot, TreeRecord, VersionRecords } from "./types.js";

/**
 * Reads the chunks of a version back, the inverse of `packRecords`.
 * @throws VersionError if the chunks do not have the length that the geometry asks for.
 */
export function unpackRecords(
  geometry: Geometry,
  metersBySeat: readonly number[],
  chunks: readonly Uint8Array[],
): VersionRecords {
  const chordsAt = geometry.buses * RECORD_BYTES;
  const probesAt = chordsAt + geometry.chords * RECORD_BYTES;
  const rangesAt = probesAt + geometry.probes * RECORD_BYTES;
  const directoryAt = rangesAt + wholeWords(geometry.meters * VALUE_BYTES);
  const length = directoryAt + wholeWords(geometry.meters * ENTRY_BYTES);
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== length)
    throw new VersionError(`the chunks have ${bytes.length} bytes, ${length} are due`);

  const edges = (at: number, count: number): EdgeRecord[] =>
    Array.from({ length: count }, (_, i) => edgeRecord(wordAt(bytes, at + i * RECORD_BYTES)));
  return {
    geometry,
    metersBySeat,
    tree: Array.from({ length: geometry.buses }, (_, i) => treeRecord(wordAt(bytes, i * RECORD_BYTES))),
    chords: edges(chordsAt, geometry.chords),
    probes: edges(probesAt, geometry.probes),
    directory: Array.from({ length: geometry.meters }, (_, i) =>
      entry(
        bytes.readBigUInt64BE(directoryAt + i * ENTRY_BYTES),
        bytes.readUIntBE(rangesAt + i * VALUE_BYTES, 3),
      ),
    ),
  };
}

function treeRecord(word: bigint): TreeRecord {
  return {
    bus: bits(word, 131, 20),
    line: bits(word, 151, 20),
    parent: bits(word, 98, 15),
    susceptance: signed40(word >> 216n),
    childIsFrom: bits(word, 171, 1) === 1,
    injection: row(word),
    main: row(word >> 49n),
    mainAtParent: bits(word, 172, 2) === 0b11,
  };
}

function edgeRecord(word: bigint): EdgeRecord {
  return {
    place: bits(word, 115, 20),
    from: bits(word, 49, 15),
    to: bits(word, 64, 15),
    susceptance: signed40(word >> 216n),
    shift: signed40(word >> 176n),
    kind: METER_KINDS[bits(word, 135, 2)] as EdgeRecord["kind"],
    row: row(word),
  };
}

function entry(word: bigint, mask: number): DirectoryEntry {
  return {
    kind: bits(word, 57, 2),
    place: bits(word, 37, 20),
    weight: bits(word, 0, 32),
    rangeBits: Math.log2(2 ** 24 - mask) - 1,
  };
}

function row(word: bigint): RowSlot | undefined {
  if (BigInt.asUintN(49, word) === 0n) return undefined;
  return { meter: bits(word, 0, 17) / VALUE_BYTES, weight: bits(word, 17, 32) };
}

function bits(word: bigint, from: number, count: number): number {
  return Number(BigInt.asUintN(count, word >> BigInt(from)));
}

function signed40(word: bigint): number {
  return Number(BigInt.asIntN(40, word));
}

function wordAt(bytes: Buffer, offset: number): bigint {
  let word = 0n;
  for (let part = 0; part < 4; part++) word = (word << 64n) | bytes.readBigUInt64BE(offset + part * 8);
  return word;
}

function wholeWords(length: number): number {
  return Math.ceil(length / 32) * 32;
}

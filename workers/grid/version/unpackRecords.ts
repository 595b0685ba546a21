import { CHUNK_BYTES, ENTRY_BYTES, RECORD_BYTES } from "./constants.js";
import { VersionError } from "./errors.js";
import type { ChordRecord, DirectoryEntry, Geometry, RowSlot, TreeRecord, VersionRecords } from "./types.js";

/**
 * Reads the chunks of a version back, the inverse of `packRecords`.
 * @throws VersionError if the chunks do not have the lengths that the geometry asks for.
 */
export function unpackRecords(
  geometry: Geometry,
  metersBySeat: readonly number[],
  chunks: readonly Uint8Array[],
): VersionRecords {
  const treeChunks = chunkCount(geometry.buses * RECORD_BYTES);
  const chordChunks = chunkCount(geometry.chords * RECORD_BYTES);
  const tree = join(chunks.slice(0, treeChunks), geometry.buses * RECORD_BYTES, "tree");
  const chords = join(
    chunks.slice(treeChunks, treeChunks + chordChunks),
    geometry.chords * RECORD_BYTES,
    "chord",
  );
  const directory = join(chunks.slice(treeChunks + chordChunks), geometry.meters * ENTRY_BYTES, "directory");
  return {
    geometry,
    metersBySeat,
    tree: words(tree).map(treeRecord),
    chords: words(chords).map(chordRecord),
    directory: entries(directory),
  };
}

function treeRecord(word: bigint): TreeRecord {
  return {
    susceptance: signed40(word >> 216n),
    pmu: bits(word, 212, 1) === 1,
    childIsFrom: bits(word, 211, 1) === 1,
    line: bits(word, 191, 20),
    bus: bits(word, 171, 20),
    parent: bits(word, 156, 15),
    parentEnd: slot(word >> 104n),
    childEnd: slot(word >> 52n),
    injection: slot(word),
  };
}

function chordRecord(word: bigint): ChordRecord {
  return {
    susceptance: signed40(word >> 216n),
    shift: signed40(word >> 176n),
    from: bits(word, 161, 15),
    to: bits(word, 146, 15),
    place: bits(word, 126, 20),
    pmu: bits(word, 104, 1) === 1,
    toEnd: slot(word >> 52n),
    fromEnd: slot(word),
  };
}

function slot(word: bigint): RowSlot | undefined {
  if (BigInt.asUintN(52, word) === 0n) return undefined;
  return { meter: bits(word, 0, 15), rangeBits: bits(word, 15, 5), weight: bits(word, 20, 32) };
}

function bits(word: bigint, from: number, count: number): number {
  return Number(BigInt.asUintN(count, word >> BigInt(from)));
}

function signed40(word: bigint): number {
  return Number(BigInt.asIntN(40, word));
}

function words(bytes: Uint8Array): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / RECORD_BYTES }, (_, i) => {
    let word = 0n;
    for (let part = 0; part < 4; part++)
      word = (word << 64n) | view.getBigUint64(i * RECORD_BYTES + part * 8);
    return word;
  });
}

function entries(bytes: Uint8Array): DirectoryEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, i) => {
    const entry = view.getBigUint64(i * ENTRY_BYTES);
    return {
      kind: bits(entry, 57, 2),
      place: bits(entry, 37, 20),
      rangeBits: bits(entry, 32, 5),
      weight: bits(entry, 0, 32),
    };
  });
}

function chunkCount(length: number): number {
  return Math.ceil(length / CHUNK_BYTES);
}

function join(chunks: readonly Uint8Array[], length: number, what: string): Uint8Array {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (total !== length) throw new VersionError(`the ${what} chunks have ${total} bytes, ${length} are due`);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

import { CHUNK_BYTES } from "../grid/version/constants.js";
import type { ProjectionMatrices } from "./types.js";

/** Bytes of an entry of A and of P. */
const INVERSE_BYTES = 16;
const PROJECTION_BYTES = 8;
const WORD = 32;

/** A and P as the chain keeps them (`StoredMatrices`): chunks of whole rows, those of A first. */
export function packMatrices(matrices: ProjectionMatrices): Uint8Array[] {
  const { states, rows, inverse, projection } = matrices;
  return [...packMatrix(inverse, states, INVERSE_BYTES), ...packMatrix(projection, rows, PROJECTION_BYTES)];
}

/** A square matrix, row by row, each filled up to whole words. */
function packMatrix(entries: readonly bigint[], size: number, bytes: number): Uint8Array[] {
  const stride = Math.ceil((size * bytes) / WORD) * WORD;
  const rowsInChunk = Math.floor(CHUNK_BYTES / stride);
  const chunks: Uint8Array[] = [];
  for (let first = 0; first < size; first += rowsInChunk) {
    const count = Math.min(rowsInChunk, size - first);
    const chunk = new Uint8Array(count * stride);
    const view = new DataView(chunk.buffer);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < size; column++) {
        writeSigned(view, row * stride + column * bytes, bytes, entries[(first + row) * size + column]!);
      }
    }
    chunks.push(chunk);
  }
  return chunks;
}

/** Two's complement, big-endian. */
function writeSigned(view: DataView, at: number, bytes: number, value: bigint): void {
  if (bytes === INVERSE_BYTES) view.setBigInt64(at, value >> 64n);
  view.setBigInt64(at + bytes - 8, BigInt.asIntN(64, value));
}

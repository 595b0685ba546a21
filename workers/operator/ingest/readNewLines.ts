import { readSync } from "node:fs";

/** Bytes read at a time; also the longest line. */
export const CHUNK_BYTES = 1 << 20;

/** The complete lines in one chunk of a file. */
export interface LineChunk {
  /** Without their line ends. A line of undefined was too long to be read. */
  readonly lines: readonly (string | undefined)[];
  /** Bytes up to the end of the last complete line. */
  readonly consumed: number;
}

/**
 * The complete lines from an offset on, one chunk of them. A last line without its line end is left for later, when
 * the rest of it has been written.
 *
 * @param fd an open file.
 * @returns no lines at the end of the file.
 */
export function readNewLines(fd: number, offset: number, chunkBytes = CHUNK_BYTES): LineChunk {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  let length = 0;
  while (length < chunkBytes) {
    const got = readSync(fd, buffer, length, chunkBytes - length, offset + length);
    if (got === 0) break;
    length += got;
  }
  const end = buffer.subarray(0, length).lastIndexOf(0x0a) + 1;
  if (end === 0) return length < chunkBytes ? { lines: [], consumed: 0 } : skipLine(fd, offset, length);
  const text = buffer.toString("utf8", 0, end - 1);
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  return { lines, consumed: end };
}

/** A line longer than a chunk: consumed whole, once its end is there. */
function skipLine(fd: number, offset: number, from: number): LineChunk {
  const buffer = Buffer.allocUnsafe(65_536);
  let position = from;
  for (;;) {
    const got = readSync(fd, buffer, 0, buffer.length, offset + position);
    if (got === 0) return { lines: [], consumed: 0 };
    const end = buffer.subarray(0, got).indexOf(0x0a);
    if (end >= 0) return { lines: [undefined], consumed: position + end + 1 };
    position += got;
  }
}

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a file's end that are read at most. */
const MOST_BYTES = 2 ** 20;

/** The last lines of a file that may be long. */
export function lastLines(file: string, count: number): string[] {
  const opened = openSync(file, "r");
  try {
    const { size } = fstatSync(opened);
    const length = Math.min(size, MOST_BYTES);
    const bytes = Buffer.alloc(length);
    readSync(opened, bytes, 0, length, size - length);
    const lines = bytes.toString("utf8").split("\n");
    if (lines.at(-1) === "") lines.pop();
    return lines.slice(-count);
  } finally {
    closeSync(opened);
  }
}

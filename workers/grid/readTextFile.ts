import { readFileSync } from "node:fs";
import { GridFileError } from "./errors.js";

/**
 * The content of a UTF-8 file about the grid.
 *
 * @throws GridFileError when it cannot be read.
 */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GridFileError(file, undefined, `expected a readable file, found ${reason}`);
  }
}

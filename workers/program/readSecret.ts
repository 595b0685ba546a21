import { readOwn } from "./readOwn.js";

/** The first line of a file that only its owner can read. @throws KeyFileExposedError */
export function readSecret(file: string): string {
  return readOwn(file).split(/\r?\n/u)[0] ?? "";
}

import { readFileSync, statSync } from "node:fs";
import { KeyFileExposedError } from "../crypto/keystore.js";

/** The text of a file that only its owner can read. @throws KeyFileExposedError */
export function readOwn(file: string): string {
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) !== 0) throw new KeyFileExposedError(file, mode);
  return readFileSync(file, "utf8");
}

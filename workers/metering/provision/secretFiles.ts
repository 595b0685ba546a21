import { randomBytes } from "node:crypto";
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readSecret } from "../../program/readSecret.js";

/** The secret in a file, mode 0600; one of 24 random bytes is drawn if the file is not there. */
export function secretIn(path: string): string {
  if (existsSync(path)) return readSecret(path);
  const secret = randomBytes(24).toString("base64url");
  writePrivate(path, `${secret}\n`);
  return secret;
}

/** Writes a file of mode 0600, whole or not at all, in place of one that is there. */
export function writePrivate(path: string, text: string): void {
  const next = `${path}.next`;
  rmSync(next, { force: true });
  writeFileSync(next, text, { mode: 0o600, flush: true });
  renameSync(next, path);
}

/**
 * Writes a file that the user names, for its owner alone, whatever mode one that is there has. What is no file, such as
 * /dev/stdout, is written to.
 */
export function writeForOwner(path: string, text: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) writePrivate(path, text);
  else if (there.isFile()) writePrivate(realpathSync(path), text);
  else writeFileSync(path, text);
}

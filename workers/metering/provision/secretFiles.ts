import { randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
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
  writeFileSync(next, text, { mode: 0o600, flush: true });
  renameSync(next, path);
}

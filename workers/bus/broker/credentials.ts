import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { z } from "zod";

const schema = z.record(z.object({ salt: z.string(), hash: z.string() }).strict());

/** A file of credentials that cannot be read. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/**
 * The broker's file of credentials, mode 0600: for each user name a salted SHA-256 of its password. Passwords are 24
 * random bytes, which no slow hash need protect. `refresh` reads the file again when it changed.
 */
export class Credentials {
  #entries: z.infer<typeof schema> = {};
  #readAt = "";

  constructor(readonly path: string) {}

  /** Whether a password is a user's, as the file was when it was read last. */
  check(username: string, password: Uint8Array): boolean {
    const entry = Object.hasOwn(this.#entries, username) ? this.#entries[username] : undefined;
    if (entry === undefined) return false;
    return timingSafeEqual(hashOf(entry.salt, password), Buffer.from(entry.hash, "hex"));
  }

  /** What changes with each password of a user; undefined of somebody who has none. */
  markOf(username: string): string | undefined {
    const entry = Object.hasOwn(this.#entries, username) ? this.#entries[username] : undefined;
    return entry && `${entry.salt} ${entry.hash}`;
  }

  /** Makes a user's password, in place of an earlier one. @returns it; it is kept nowhere. */
  issue(usernames: readonly string[]): Map<string, string> {
    this.refresh();
    const passwords = new Map<string, string>();
    const entries = { ...this.#entries };
    for (const username of usernames) {
      const password = randomBytes(24).toString("base64url");
      const salt = randomBytes(16).toString("hex");
      entries[username] = { salt, hash: hashOf(salt, Buffer.from(password)).toString("hex") };
      passwords.set(username, password);
    }
    this.#write(entries);
    return passwords;
  }

  /** Takes a user's credential away. */
  revoke(username: string): void {
    this.refresh();
    this.#write(Object.fromEntries(Object.entries(this.#entries).filter(([name]) => name !== username)));
  }

  /**
   * Reads the file if it changed. @returns whether it did.
   *
   * @throws CredentialsError
   */
  refresh(): boolean {
    if (!existsSync(this.path)) return false;
    const { mtimeMs, size, ino } = statSync(this.path);
    const at = `${mtimeMs} ${size} ${ino}`;
    if (at === this.#readAt) return false;
    try {
      this.#entries = schema.parse(JSON.parse(readFileSync(this.path, "utf8")));
    } catch {
      throw new CredentialsError(`${this.path}: not a file of credentials`);
    }
    this.#readAt = at;
    return true;
  }

  #write(entries: z.infer<typeof schema>): void {
    const next = `${this.path}.next`;
    writeFileSync(next, `${JSON.stringify(entries)}\n`, { mode: 0o600 });
    renameSync(next, this.path);
    this.refresh();
  }
}

function hashOf(salt: string, password: Uint8Array): Buffer {
  return createHash("sha256").update(Buffer.from(salt, "hex")).update(password).digest();
}

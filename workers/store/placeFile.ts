import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { StoreBackupError } from "./errors.js";

/**
 * Makes a file of mode 0600 that is there whole or not at all, and never in place of another.
 *
 * @param write Fills the file, which is there and empty, and closes it.
 * @throws StoreBackupError if there is a file of that name.
 */
export async function placeFile(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString("hex")}.partial`;
  closeSync(openSync(partial, "wx", 0o600));
  try {
    await write(partial);
    sync(partial);
    try {
      linkSync(partial, path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      throw new StoreBackupError(`${path}: exists, and is never written over`);
    }
    sync(dirname(path));
  } finally {
    for (const rest of ["", "-journal", "-wal", "-shm"]) rmSync(`${partial}${rest}`, { force: true });
  }
}

function sync(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** Milliseconds for which another process is waited for. */
const WAIT_MILLISECONDS = 5_000;

/**
 * Does something that one process alone may do to a file at a time: others wait. The lock is SQLite's, on `<path>.lock`; the
 * system drops it when its process dies, however it dies.
 *
 * @throws what SQLite throws if another holds it for long, and what `work` throws.
 */
export function whileLocked<Result>(path: string, work: () => Result): Result {
  closeSync(openSync(`${path}.lock`, "a", 0o600));
  const lock = new DatabaseSync(`${path}.lock`, { timeout: WAIT_MILLISECONDS });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return work();
  } finally {
    lock.close();
  }
}

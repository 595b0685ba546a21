import { existsSync } from "node:fs";
import { readIdentity, type StoreIdentity } from "./bindIdentity.js";
import { StoreBackupError } from "./errors.js";
import { openStore } from "./openStore.js";

/** What a backup holds. */
export interface BackupSummary {
  readonly identity: StoreIdentity;
  /** The last block whose events it knows. */
  readonly block: number | undefined;
  /** Transactions in its journal. */
  readonly transactions: number;
}

/**
 * Reads a backup from end to end.
 *
 * @throws StoreBackupError if it is damaged, or no worker's history. @throws StoreTooNewError
 */
export function checkBackup(path: string): BackupSummary {
  if (!existsSync(path)) throw new StoreBackupError(`${path}: no such file`);
  try {
    const store = openStore(path, { readOnly: true });
    try {
      const flaws = store.database.prepare("PRAGMA integrity_check").all() as { integrity_check: string }[];
      const flaw = flaws[0]?.integrity_check ?? "";
      if (flaw !== "ok") throw new StoreBackupError(`${path}: damaged: ${flaw}`);
      const identity = readIdentity(store);
      if (identity === undefined) {
        throw new StoreBackupError(`${path}: belongs to no operator yet; has the worker reached its chain?`);
      }
      const cursor = store.prepare("SELECT block FROM cursor").get() as { block: number } | undefined;
      const { count } = store.prepare("SELECT count(*) AS count FROM submissions").get() as { count: number };
      return { identity, block: cursor?.block, transactions: count };
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof Error && "errcode" in error) {
      throw new StoreBackupError(`${path}: not a worker's history: ${error.message}`);
    }
    throw error;
  }
}

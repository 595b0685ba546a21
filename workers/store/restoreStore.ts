import { copyFileSync, existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StoreForeignError, type StoreIdentity } from "./bindIdentity.js";
import { type BackupSummary, checkBackup } from "./checkBackup.js";
import { StoreBackupError } from "./errors.js";
import { lockStore, openStore } from "./openStore.js";
import { placeFile } from "./placeFile.js";

/**
 * Makes a database of a backup. It is marked as restored: its worker signs nothing until it knows from the chain what
 * was done since the backup (`readRestored`).
 *
 * @param owner Whose database it is to be, as far as that is known.
 * @param at Unix seconds.
 * @throws StoreBackupError if there is a database, or the backup is not sound.
 * @throws StoreForeignError if the backup is of another operator, chain or ledger.
 * @throws StoreLockedError if a worker has the database.
 */
export async function restoreStore(
  from: string,
  database: string,
  owner: Partial<StoreIdentity>,
  at: number,
): Promise<BackupSummary> {
  const summary = checkBackup(from);
  for (const [key, want] of Object.entries(owner) as [keyof StoreIdentity, string][]) {
    const has = summary.identity[key];
    if (has !== want.toLowerCase()) throw new StoreForeignError(from, key, has, want);
  }
  const lock = lockStore(database);
  try {
    // What a database leaves beside it would be taken for part of the restored one.
    for (const rest of ["", "-wal", "-journal"]) {
      if (existsSync(`${database}${rest}`)) {
        throw new StoreBackupError(`${database}${rest}: exists; move it away first, nothing is written over`);
      }
    }
    await placeFile(database, async (partial) => {
      copyFileSync(from, partial);
      markRestored(partial, at);
      await Promise.resolve(checkBackup(partial));
    });
  } finally {
    lock.close();
  }
  return summary;
}

function markRestored(path: string, at: number): void {
  // Migrated first: an older backup has no table for it.
  openStore(path).close();
  const store = new DatabaseSync(path);
  store.exec("PRAGMA journal_mode = DELETE");
  store.prepare("INSERT OR REPLACE INTO restored (one, at, block) VALUES (1, ?, NULL)").run(at);
  store.close();
}

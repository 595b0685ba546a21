import { copyFileSync, existsSync, rmSync } from "node:fs";
import { forgetFinalityJournal } from "./forgetFinalityJournal.js";
import { StoreForeignError, type StoreIdentity } from "./bindIdentity.js";
import { type BackupSummary, checkBackup } from "./checkBackup.js";
import { StoreBackupError } from "./errors.js";
import { lockStore, openStore } from "./openStore.js";
import { placeFile } from "./placeFile.js";
import { noteRestored } from "./restored.js";

/**
 * Makes a database of a backup. It is marked as restored: its worker signs nothing until it knows from the chain what
 * was done since the backup (`readRestored`), and its journal of signatures over blocks begins anew.
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
  const store = openStore(path);
  try {
    noteRestored(store, at);
    forgetFinalityJournal(store);
    // Else a part of it would be in a file beside it.
    store.database.exec("PRAGMA journal_mode = DELETE");
  } finally {
    store.close();
    rmSync(`${path}.lock`, { force: true });
  }
}

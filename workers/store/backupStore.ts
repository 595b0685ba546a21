import { existsSync } from "node:fs";
import { type BackupSummary, checkBackup } from "./checkBackup.js";
import { StoreBackupError } from "./errors.js";
import { openStore } from "./openStore.js";
import { placeFile } from "./placeFile.js";

/**
 * Copies a database as it stands at one moment, while a worker may be writing to it, into a new file of mode 0600, and
 * checks the copy.
 *
 * @throws StoreBackupError if there is no such database, the file exists, or the copy is not sound.
 */
export async function backupStore(database: string, out: string): Promise<BackupSummary> {
  if (!existsSync(database))
    throw new StoreBackupError(`${database}: no such database; has the worker run yet?`);
  if (existsSync(out)) throw new StoreBackupError(`${out}: exists, and is never written over`);
  let summary: BackupSummary | undefined;
  await placeFile(out, async (partial) => {
    const store = openStore(database, { readOnly: true });
    try {
      // One statement, one read transaction: all of it is as it was at one moment.
      store.database.prepare("VACUUM INTO ?").run(partial);
    } catch (error) {
      if (!(error instanceof Error && "errcode" in error)) throw error;
      throw new StoreBackupError(`${out}: ${error.message}`);
    } finally {
      store.close();
    }
    summary = await Promise.resolve(checkBackup(partial));
  });
  return summary!;
}

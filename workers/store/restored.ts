import type { Store } from "./openStore.js";

/** The database was restored from a backup, and has not caught up with the chain yet. */
export interface Restored {
  /** Unix seconds. */
  readonly at: number;
  /** The latest block when its worker first looked at the chain; undefined before. */
  readonly block: number | undefined;
}

/**
 * Until a restored database has caught up, what was signed since the backup may be on its way without the journal's
 * knowing: whoever signs by the journal waits. Undefined where nothing is to be waited for.
 */
export function readRestored(store: Store): Restored | undefined {
  const row = store.prepare("SELECT at, block FROM restored").get() as
    { at: number; block: number | null } | undefined;
  return row === undefined ? undefined : { at: row.at, block: row.block ?? undefined };
}

/** Marks a database as restored. @param at Unix seconds. */
export function noteRestored(store: Store, at: number): void {
  store.prepare("INSERT OR REPLACE INTO restored (one, at, block) VALUES (1, ?, NULL)").run(at);
}

export function noteRestoredBlock(store: Store, block: number): void {
  store.prepare("UPDATE restored SET block = ?").run(block);
}

/** The database has caught up. */
export function forgetRestored(store: Store): void {
  store.prepare("DELETE FROM restored").run();
}

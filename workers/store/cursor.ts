import type { Store } from "./openStore.js";

/** Places where the cursor was that are remembered. */
const TRAIL = 256;

/** The last block whose events are in the store. */
export interface Cursor {
  readonly block: number;
  readonly hash: string;
}

export function readCursor(store: Store): Cursor | undefined {
  const row = store.prepare("SELECT block, hash FROM cursor").get() as Cursor | undefined;
  return row === undefined ? undefined : { block: row.block, hash: row.hash };
}

export function moveCursor(store: Store, cursor: Cursor): void {
  store
    .prepare("INSERT OR REPLACE INTO cursor (one, block, hash) VALUES (1, ?, ?)")
    .run(cursor.block, cursor.hash);
  // What lies ahead of it was on another branch.
  store.prepare("DELETE FROM trail WHERE block > ?").run(cursor.block);
  store.prepare("INSERT OR REPLACE INTO trail (block, hash) VALUES (?, ?)").run(cursor.block, cursor.hash);
  store
    .prepare("DELETE FROM trail WHERE block < (SELECT block FROM trail ORDER BY block DESC LIMIT 1 OFFSET ?)")
    .run(TRAIL - 1);
}

/** Where the cursor was, the newest first: blocks whose events are all in the store. */
export function readTrail(store: Store): Cursor[] {
  const rows = store.prepare("SELECT block, hash FROM trail ORDER BY block DESC").all();
  return rows.map((row) => ({ ...row }) as unknown as Cursor);
}

/** Forgets where the cursor is: everything is read from the start. */
export function dropCursor(store: Store): void {
  store.prepare("DELETE FROM cursor").run();
  store.prepare("DELETE FROM trail").run();
}

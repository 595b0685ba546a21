import type { Store } from "./openStore.js";

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
}

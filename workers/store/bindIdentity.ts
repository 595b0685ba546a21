import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/** What a database belongs to. */
export interface StoreIdentity {
  readonly chainId: string;
  /** Hash of block 0: a chain that was started anew is another chain. */
  readonly genesisHash: string;
  readonly ledger: string;
  readonly operator: string;
}

/** The database belongs to another chain, ledger or operator. */
export class StoreForeignError extends Error {
  override readonly name = "StoreForeignError";
  constructor(path: string, key: string, has: string, wants: string) {
    super(`${path}: belongs to ${key} ${has}, not ${wants}; give this worker a database of its own`);
  }
}

/**
 * Writes into a new database whom it belongs to, and holds a later opener to it: the journal of one operator or chain
 * must never be replayed on another.
 *
 * @throws StoreForeignError
 */
export function bindIdentity(store: Store, identity: StoreIdentity): void {
  transaction(store, () => {
    for (const [key, value] of Object.entries(identity) as [string, string][]) {
      const row = store.prepare("SELECT value FROM identity WHERE key = ?").get(key) as
        { value: string } | undefined;
      if (row === undefined) {
        store.prepare("INSERT INTO identity (key, value) VALUES (?, ?)").run(key, value.toLowerCase());
      } else if (row.value !== value.toLowerCase()) {
        throw new StoreForeignError(store.path, key, row.value, value);
      }
    }
  });
}

/** Whom a database belongs to; undefined before it was bound. */
export function readIdentity(store: Store): StoreIdentity | undefined {
  const rows = store.prepare("SELECT key, value FROM identity").all() as unknown as {
    key: string;
    value: string;
  }[];
  if (rows.length === 0) return undefined;
  return Object.fromEntries(rows.map((row) => [row.key, row.value])) as unknown as StoreIdentity;
}

import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/** What a database belongs to. */
export interface StoreIdentity {
  readonly chainId: string;
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

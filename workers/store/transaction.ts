import type { Store } from "./openStore.js";

/**
 * Runs `work` in one transaction: all of its writes are kept, or, if it throws, none. Inside another transaction it
 * joins that one. `work` must be synchronous.
 */
export function transaction<T>(store: Store, work: () => T): T {
  if (store.database.isTransaction) return work();
  store.database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    store.database.exec("COMMIT");
    return result;
  } catch (error) {
    if (store.database.isTransaction) store.database.exec("ROLLBACK");
    throw error;
  }
}

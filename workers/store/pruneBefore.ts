import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/**
 * Drops what is kept of the slots before `slot`: readings, estimates, events, and transactions that have come to their
 * end. The chain has all of it but the estimates, and those can be made again.
 */
export function pruneBefore(store: Store, slot: number): void {
  transaction(store, () => {
    for (const table of ["measurements", "estimates", "uploads", "slots"]) {
      store.prepare(`DELETE FROM ${table} WHERE slot < ?`).run(slot);
    }
    store
      .prepare("DELETE FROM submissions WHERE slot < ? AND state IN ('final', 'superseded', 'failed')")
      .run(slot);
  });
}

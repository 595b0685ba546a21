import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/**
 * Drops what is kept of the slots before `slot`: readings, estimates, events, and transactions that have come to their
 * end, but for that with the largest nonce: the next is above it. The chain has all of it but the estimates, and those
 * can be made again.
 */
export function pruneBefore(store: Store, slot: number): void {
  transaction(store, () => {
    for (const table of ["measurements", "estimates", "uploads", "slots"]) {
      store.prepare(`DELETE FROM ${table} WHERE slot < ?`).run(slot);
    }
    const ended = `SELECT id FROM submissions JOIN sends USING (id)
      WHERE slot < ? AND state IN ('final', 'superseded', 'failed') AND nonce < (SELECT max(nonce) FROM sends)`;
    store.prepare(`DELETE FROM signed WHERE send IN (${ended})`).run(slot);
    store.prepare(`DELETE FROM sends WHERE id IN (${ended})`).run(slot);
    store.prepare("DELETE FROM submissions WHERE id NOT IN (SELECT id FROM sends)").run();
  });
}

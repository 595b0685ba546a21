import type { Store } from "./openStore.js";
import { transaction } from "./transaction.js";

/**
 * Forgets what a journal of signatures holds, when a database is restored from a backup: more may have been signed since.
 * The journal that is opened next signs above the chain's height then, as one that was lost (`openFinalityJournal`). What
 * is final, and evidence, holds whenever it was noted.
 */
export function forgetFinalityJournal(store: Store): void {
  transaction(store, () => {
    store.prepare("DELETE FROM finality_journal").run();
    store.prepare("DELETE FROM finality_signed").run();
  });
}

import { liveSubmission, submissionsInState } from "../../store/journal.js";
import type { Store } from "../../store/openStore.js";
import type { WorkerState } from "./types.js";

/** Attempts at a transaction that fails, before the worker leaves it to a person. */
export const MOST_FAILURES = 3;

/** What the journal of transactions says of a worker's work. */
export interface JournalFigures extends Pick<WorkerState, "oldestPendingSeconds" | "givenUp"> {
  /** Gas limit of the latest transaction that is not final; undefined if all are. */
  readonly latestGas: bigint | undefined;
}

/**
 * @param nextSlot What was given up for slots before it is history.
 * @param now Unix seconds.
 */
export function journalFigures(store: Store, nextSlot: number, now: number): JournalFigures {
  const pending = submissionsInState(store, "reserved", "journaled", "broadcast");
  const failed = submissionsInState(store, "failed").filter(({ slot }) => slot >= nextSlot);
  const counts = Map.groupBy(failed, ({ slot, kind }) => `${slot} ${kind}`);
  const latest = submissionsInState(store, "broadcast", "included").at(-1);
  return {
    oldestPendingSeconds: Math.max(0, ...pending.map(({ at }) => now - at)),
    givenUp: [...counts.values()].flatMap(([one, ...others]) => {
      if (one === undefined || others.length + 1 < MOST_FAILURES) return [];
      const { slot, kind } = one;
      return liveSubmission(store, slot, kind) === undefined ? [{ slot, kind }] : [];
    }),
    latestGas: latest?.gas,
  };
}

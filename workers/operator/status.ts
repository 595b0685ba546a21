import type { Alert } from "../alerts/types.js";
import { latestEstimates, type EstimateSummary } from "../store/estimates.js";
import { readCursor, type Cursor } from "../store/cursor.js";
import { latestSlots, type SlotView } from "../store/ledgerView.js";
import { countMeasurements } from "../store/measurements.js";
import type { Store } from "../store/openStore.js";
import { countProblems, latestProblems, type StoredProblem } from "../store/problems.js";
import { readIdentity, type StoreIdentity } from "../store/bindIdentity.js";
import { readStandingAlerts } from "../store/standingAlerts.js";
import { countSubmissions, type SubmissionKind, type SubmissionState } from "../store/journal.js";

/** How a worker stands. */
export interface WorkerStatus {
  /** Undefined for a worker that never reached its chain. */
  readonly identity: StoreIdentity | undefined;
  /** The last block whose events are known. */
  readonly cursor: Cursor | undefined;
  /** The alerts that stand, with the message that each was raised with. */
  readonly alerts: readonly Alert[];
  /** Readings with a value. */
  readonly measurements: number;
  /** Rows that were not taken, by code, and the latest of them. */
  readonly problems: Readonly<Record<string, number>>;
  readonly latestProblems: readonly StoredProblem[];
  /** Transactions by kind and state. */
  readonly submissions: readonly {
    readonly kind: SubmissionKind;
    readonly state: SubmissionState;
    readonly count: number;
  }[];
  /** The latest slots, newest first, and their estimates. */
  readonly slots: readonly (SlotView & { readonly estimate: EstimateSummary | undefined })[];
}

/** How a worker stands, from its store alone: it works beside a running worker and without a node. */
export function workerStatus(store: Store, limit = 10): WorkerStatus {
  const estimates = new Map(latestEstimates(store, 2 * limit).map((one) => [one.slot, one]));
  return {
    identity: readIdentity(store),
    cursor: readCursor(store),
    alerts: readStandingAlerts(store),
    measurements: countMeasurements(store),
    problems: countProblems(store),
    latestProblems: latestProblems(store, limit),
    submissions: countSubmissions(store),
    slots: latestSlots(store, limit).map((slot) => ({ ...slot, estimate: estimates.get(slot.slot) })),
  };
}

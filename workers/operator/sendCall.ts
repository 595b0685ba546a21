import { revertReason } from "../chain/revertReason.js";
import { submissionsOfSlot } from "../store/journal.js";
import { MOST_FAILURES } from "./monitor/journalFigures.js";
import type { OperatorContext } from "./operatorContext.js";
import { submit, type Call } from "./submit.js";

/** Reverts that say that there is nothing left to do. */
const DONE = new Set([
  "SlotLedgerAlreadyCommitted",
  "SlotLedgerAlreadyUploaded",
  "SlotLedgerAlreadySupplemented",
  "SlotLedgerOutOfOrder",
  "SlotLedgerTooEarly",
  "SuspectsNotLarger",
  "SuspectsWindowOver",
  "SuspectsAlreadyConcluded",
]);

/** Sends a call unless it would revert, or has too often. @returns whether it was sent. */
export async function sendCall(context: OperatorContext, call: Call): Promise<boolean> {
  const { worker } = context;
  const { store, logger, sender } = worker;
  const { slot, kind } = call;
  const failures = submissionsOfSlot(store, slot).filter(
    (one) => one.kind === kind && one.state === "failed",
  );
  if (failures.length >= MOST_FAILURES) {
    context.once(`${kind} ${slot} failed`, () =>
      logger.error({ slot, kind }, "given up after repeated failures"),
    );
    return false;
  }
  if (sender.room() === 0) return false;
  try {
    await submit(worker, call);
    return true;
  } catch (error) {
    const revert = revertReason(error);
    if (revert === undefined) throw error;
    if (DONE.has(revert.name)) logger.debug({ slot, kind, revert: revert.message }, "done by others already");
    else
      context.once(`${kind} ${slot} ${revert.name}`, () =>
        logger.warn({ slot, kind, revert: revert.message }, "refused"),
      );
    return false;
  }
}

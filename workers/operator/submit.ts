import { noteSubmission, purposeOf, type SubmissionKind } from "../store/journal.js";
import type { Send } from "../store/sends.js";
import type { Collaborators } from "./collaborators.js";

/** A call to be sent as a transaction. */
export interface Call {
  readonly slot: number;
  readonly kind: SubmissionKind;
  readonly to: string;
  readonly data: string;
  /** What the journal keeps of it. */
  readonly payload: Uint8Array;
}

/**
 * Sends a call for a slot; the journal keeps its payload beside it.
 *
 * @throws what `Sender.sendAll` throws.
 */
export async function submit({ sender, store }: Collaborators, call: Call): Promise<Send> {
  const { slot, kind, to, data, payload } = call;
  return await sender.send({
    purpose: purposeOf(kind, slot),
    to,
    data,
    beside: (id) => noteSubmission(store, { id, slot, kind, payload }),
  });
}

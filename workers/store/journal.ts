import { liveSend, type Send, type SendState } from "./sends.js";
import type { Store } from "./openStore.js";

/** What a transaction does: `commit` commits to the batch that `upload` shows later, `suspect` names the suspect of an alarm, `conclude` writes down that it stood. */
export type SubmissionKind = "commit" | "upload" | "supplement" | "settle" | "suspect" | "conclude";

/** Where a transaction stands. */
export type SubmissionState = SendState;

/** A transaction of the operator, for a slot. */
export interface Submission {
  readonly id: number;
  readonly slot: number;
  readonly kind: SubmissionKind;
  /**
   * What was sent: the batch, the supplement's entries, or else the call's data (empty once final). Of a commitment: its
   * salt, 32 bytes, then the batch.
   */
  readonly payload: Uint8Array;
  readonly nonce: number;
  /** Gas limit. */
  readonly gas: bigint;
  /** Of the one in a block, else of the one signed last; undefined while its nonce is only reserved. */
  readonly hash: string | undefined;
  readonly state: SubmissionState;
  readonly block: number | undefined;
  /** Why it was superseded or failed. */
  readonly reason: string | undefined;
  readonly at: number;
}

type Row = Omit<Submission, "gas" | "hash" | "block" | "reason"> & {
  readonly gas: number;
  readonly hash: string | null;
  readonly block: number | null;
  readonly reason: string | null;
};

const SUBMISSIONS = `SELECT id, slot, kind, payload, nonce, gas, hash, state, block, reason, at
  FROM submissions JOIN sends USING (id)`;
const KINDS = new Set(["commit", "upload", "supplement", "settle", "suspect", "conclude"]);

/** The purpose of an operator's transaction, as its sender knows it. */
export function purposeOf(kind: SubmissionKind, slot: number): string {
  return `${kind} ${slot}`;
}

/** The slot and kind of an operator's transaction; undefined for one that only fills a nonce. */
export function slotOfSend({
  purpose,
}: Pick<Send, "purpose">): { readonly slot: number; readonly kind: SubmissionKind } | undefined {
  const [kind, slot] = purpose.split(" ");
  return KINDS.has(kind!) ? { slot: Number(slot), kind: kind as SubmissionKind } : undefined;
}

/** Keeps beside a reserved transaction what it is for: in the step that reserves it. */
export function noteSubmission(
  store: Store,
  { id, slot, kind, payload }: Pick<Submission, "id" | "slot" | "kind" | "payload">,
): void {
  store
    .prepare("INSERT INTO submissions (id, slot, kind, payload) VALUES (?, ?, ?, ?)")
    .run(id, slot, kind, payload);
}

/** The transaction of a slot and kind that is under way or done. */
export function liveSubmission(store: Store, slot: number, kind: SubmissionKind): Submission | undefined {
  const send = liveSend(store, purposeOf(kind, slot));
  if (send === undefined) return undefined;
  const row = store.prepare(`${SUBMISSIONS} WHERE id = ?`).get(send.id);
  return row === undefined ? undefined : toSubmission(row as unknown as Row);
}

/** All transactions of a slot, dead ones included, oldest first. */
export function submissionsOfSlot(store: Store, slot: number): Submission[] {
  const rows = store.prepare(`${SUBMISSIONS} WHERE slot = ? ORDER BY id`).all(slot);
  return (rows as unknown as Row[]).map(toSubmission);
}

/** The transactions in the given states, by nonce. */
export function submissionsInState(store: Store, ...states: readonly SubmissionState[]): Submission[] {
  const marks = states.map(() => "?").join(", ");
  const rows = store.prepare(`${SUBMISSIONS} WHERE state IN (${marks}) ORDER BY nonce, id`).all(...states);
  return (rows as unknown as Row[]).map(toSubmission);
}

/** How many transactions there are of each kind and state. */
export function countSubmissions(
  store: Store,
): { readonly kind: SubmissionKind; readonly state: SubmissionState; readonly count: number }[] {
  return store
    .prepare(
      `SELECT kind, state, count(*) AS count FROM submissions JOIN sends USING (id)
       GROUP BY kind, state ORDER BY kind, state`,
    )
    .all()
    .map((row) => ({ ...row }) as unknown as ReturnType<typeof countSubmissions>[number]);
}

/** Lets go of the calls of final settlements, which are large: the chain has them. */
export function dropFinalPayloads(store: Store): void {
  store
    .prepare(
      `UPDATE submissions SET payload = x'' WHERE kind = 'settle' AND length(payload) > 0
       AND id IN (SELECT id FROM sends WHERE state = 'final')`,
    )
    .run();
}

function toSubmission(row: Row): Submission {
  return {
    ...row,
    gas: BigInt(row.gas),
    hash: row.hash ?? undefined,
    block: row.block ?? undefined,
    reason: row.reason ?? undefined,
  };
}

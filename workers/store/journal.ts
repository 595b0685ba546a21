import type { Store } from "./openStore.js";

/** What a transaction does: `commit` commits to the batch that `upload` shows later, `suspect` names the suspect of an alarm, `conclude` writes down that it stood. */
export type SubmissionKind = "commit" | "upload" | "supplement" | "settle" | "suspect" | "conclude";

/**
 * Where a transaction stands: `journaled` before it was sent, `broadcast` once a node has taken it, `included` in a
 * block, `final`; or at an end without effect: `superseded` (somebody else did it first) or `failed`.
 */
export type SubmissionState = "journaled" | "broadcast" | "included" | "final" | "superseded" | "failed";

/** A signed transaction of the worker. */
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
  /** The raw signed transaction, hexadecimal. Empty once final. */
  readonly raw: string;
  readonly hash: string;
  readonly state: SubmissionState;
  readonly block: number | undefined;
  /** Why it was superseded or failed. */
  readonly reason: string | undefined;
  readonly at: number;
}

export type NewSubmission = Pick<Submission, "slot" | "kind" | "payload" | "nonce" | "raw" | "hash" | "at">;

/** A slot already has a live transaction of this kind. */
export class JournalDuplicateError extends Error {
  override readonly name = "JournalDuplicateError";
  constructor(
    readonly slot: number,
    readonly kind: SubmissionKind,
  ) {
    super(`slot ${slot}: a transaction of kind ${kind} is in the journal already`);
  }
}

type Row = Omit<Submission, "block" | "reason"> & { block: number | null; reason: string | null };

const ALIVE = "state NOT IN ('superseded', 'failed')";

/**
 * Writes a signed transaction down, before it is sent.
 *
 * @throws JournalDuplicateError if the slot has a live one of the same kind.
 */
export function journalSubmission(store: Store, submission: NewSubmission): Submission {
  const { slot, kind, payload, nonce, raw, hash, at } = submission;
  if (liveSubmission(store, slot, kind) !== undefined) throw new JournalDuplicateError(slot, kind);
  const { lastInsertRowid } = store
    .prepare(
      `INSERT INTO submissions (slot, kind, payload, nonce, raw, hash, state, at)
       VALUES (?, ?, ?, ?, ?, ?, 'journaled', ?)`,
    )
    .run(slot, kind, payload, nonce, raw, hash, at);
  return {
    ...submission,
    id: Number(lastInsertRowid),
    state: "journaled",
    block: undefined,
    reason: undefined,
  };
}

/** Moves a transaction on to another state. A final one gives up what is large: the chain has it. */
export function moveSubmission(
  store: Store,
  id: number,
  state: SubmissionState,
  details: { readonly block?: number; readonly reason?: string } = {},
): void {
  store
    .prepare("UPDATE submissions SET state = ?, block = coalesce(?, block), reason = ? WHERE id = ?")
    .run(state, details.block ?? null, details.reason ?? null, id);
  if (state === "final") {
    store.prepare("UPDATE submissions SET raw = '' WHERE id = ?").run(id);
    store.prepare("UPDATE submissions SET payload = x'' WHERE id = ? AND kind = 'settle'").run(id);
  }
}

/** The transaction of a slot and kind that is under way or done. */
export function liveSubmission(store: Store, slot: number, kind: SubmissionKind): Submission | undefined {
  const row = store
    .prepare(`SELECT * FROM submissions WHERE slot = ? AND kind = ? AND ${ALIVE}`)
    .get(slot, kind) as Row | undefined;
  return row === undefined ? undefined : toSubmission(row);
}

/** All transactions of a slot, dead ones included, oldest first. */
export function submissionsOfSlot(store: Store, slot: number): Submission[] {
  const rows = store.prepare("SELECT * FROM submissions WHERE slot = ? ORDER BY id").all(slot);
  return (rows as unknown as Row[]).map(toSubmission);
}

/** The transactions in the given states, by nonce. */
export function submissionsInState(store: Store, ...states: readonly SubmissionState[]): Submission[] {
  const marks = states.map(() => "?").join(", ");
  const rows = store
    .prepare(`SELECT * FROM submissions WHERE state IN (${marks}) ORDER BY nonce, id`)
    .all(...states);
  return (rows as unknown as Row[]).map(toSubmission);
}

/** The nonce after the largest that a live transaction holds; 0 if there is none. */
export function nextJournalNonce(store: Store): number {
  const row = store.prepare(`SELECT max(nonce) AS nonce FROM submissions WHERE ${ALIVE}`).get();
  return ((row as { nonce: number | null }).nonce ?? -1) + 1;
}

/** How many transactions there are of each kind and state. */
export function countSubmissions(
  store: Store,
): { readonly kind: SubmissionKind; readonly state: SubmissionState; readonly count: number }[] {
  return store
    .prepare(
      "SELECT kind, state, count(*) AS count FROM submissions GROUP BY kind, state ORDER BY kind, state",
    )
    .all()
    .map((row) => ({ ...row }) as unknown as ReturnType<typeof countSubmissions>[number]);
}

function toSubmission(row: Row): Submission {
  return { ...row, block: row.block ?? undefined, reason: row.reason ?? undefined };
}

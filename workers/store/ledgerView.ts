import type { Store } from "./openStore.js";

/** How a slot was closed: settled with a certificate, by itself or together with others, or incomplete without one. */
export type Closing = "settled" | "incomplete";

/** What the ledger's events say of a slot. */
export interface SlotView {
  readonly slot: number;
  readonly version: number;
  /** Block of its first event. */
  readonly seenBlock: number;
  /** Batches and supplements seen. */
  readonly uploads: number;
  /** J of the submitted angles, and τ, as the contract computed them; of a settled slot. */
  readonly settledObjective: number | undefined;
  readonly settledThreshold: number | undefined;
  /** Missing values; of a slot in which some were missing. */
  readonly closedMissing: number | undefined;
  readonly closed: Closing | undefined;
  readonly closedBlock: number | undefined;
  readonly closedTx: string | undefined;
  /** Closing events seen; the contract allows one. */
  readonly closedCount: number;
}

/** A batch or supplement on the chain, and the transaction whose calldata holds its values. */
export interface UploadView {
  readonly slot: number;
  readonly seat: number;
  readonly kind: "upload" | "supplement";
  readonly tx: string;
  readonly block: number;
}

/** How and where a slot was closed. */
export interface ClosingEvent {
  readonly closed: Closing;
  readonly block: number;
  readonly tx: string;
  readonly objective?: number;
  readonly threshold?: number;
  readonly missing?: number;
}

interface SlotRow {
  readonly slot: number;
  readonly version: number;
  readonly seen_block: number;
  readonly uploads: number;
  readonly settled_objective: number | null;
  readonly settled_threshold: number | null;
  readonly closed_missing: number | null;
  readonly closed: Closing | null;
  readonly closed_block: number | null;
  readonly closed_tx: string | null;
  readonly closed_count: number;
}

/** Notes a batch or supplement of a slot under a version. Seen again, it changes nothing. */
export function noteUpload(store: Store, version: number, upload: UploadView): void {
  noteSlot(store, upload.slot, version, upload.block);
  const { changes } = store
    .prepare(
      "INSERT INTO uploads (slot, seat, kind, tx, block) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .run(upload.slot, upload.seat, upload.kind, upload.tx, upload.block);
  if (Number(changes) === 1) {
    store.prepare("UPDATE slots SET uploads = uploads + 1 WHERE slot = ?").run(upload.slot);
  }
}

/** Notes that a slot was closed. The same transaction seen again changes nothing. */
export function noteClosed(store: Store, slot: number, version: number, closing: ClosingEvent): void {
  noteSlot(store, slot, version, closing.block);
  store
    .prepare(
      `UPDATE slots
       SET closed = ?, closed_block = ?, closed_tx = ?, closed_count = closed_count + 1,
           settled_objective = ?, settled_threshold = ?, closed_missing = ?
       WHERE slot = ? AND closed_tx IS NOT ?`,
    )
    .run(
      closing.closed,
      closing.block,
      closing.tx,
      closing.objective ?? null,
      closing.threshold ?? null,
      closing.missing ?? null,
      slot,
      closing.tx,
    );
}

export function slotView(store: Store, slot: number): SlotView | undefined {
  const row = store.prepare("SELECT * FROM slots WHERE slot = ?").get(slot) as SlotRow | undefined;
  return row === undefined ? undefined : toSlotView(row);
}

/** All slots from `fromSlot` on, ascending. */
export function slotViews(store: Store, fromSlot = 0): SlotView[] {
  const rows = store.prepare("SELECT * FROM slots WHERE slot >= ? ORDER BY slot").all(fromSlot);
  return (rows as unknown as SlotRow[]).map(toSlotView);
}

/** The latest slots, newest first. */
export function latestSlots(store: Store, limit: number): SlotView[] {
  const rows = store.prepare("SELECT * FROM slots ORDER BY slot DESC LIMIT ?").all(limit);
  return (rows as unknown as SlotRow[]).map(toSlotView);
}

/** The slots with uploads that no estimate has used yet, ascending. */
export function slotsToEstimate(store: Store): SlotView[] {
  const rows = store.prepare("SELECT * FROM slots WHERE uploads_estimated < uploads ORDER BY slot").all();
  return (rows as unknown as SlotRow[]).map(toSlotView);
}

/** The slots that were settled with J above τ, ascending. */
export function alarmedSlots(store: Store): SlotView[] {
  const rows = store
    .prepare(
      "SELECT * FROM slots WHERE closed = 'settled' AND settled_objective > settled_threshold ORDER BY slot",
    )
    .all();
  return (rows as unknown as SlotRow[]).map(toSlotView);
}

/** Notes how many uploads the estimate of a slot used. */
export function noteEstimated(store: Store, slot: number, uploads: number): void {
  store.prepare("UPDATE slots SET uploads_estimated = ? WHERE slot = ?").run(uploads, slot);
}

/** The batches, by seat, then the supplements, by seat. */
export function uploadsOfSlot(store: Store, slot: number): UploadView[] {
  return store
    .prepare("SELECT slot, seat, kind, tx, block FROM uploads WHERE slot = ? ORDER BY kind DESC, seat")
    .all(slot)
    .map((row) => ({ ...row }) as unknown as UploadView);
}

/** The latest slot up to `last` that a seat uploaded a batch to; undefined if there is none. */
export function latestUploadedSlot(store: Store, seat: number, last: number): number | undefined {
  const row = store
    .prepare("SELECT max(slot) AS slot FROM uploads WHERE seat = ? AND kind = 'upload' AND slot <= ?")
    .get(seat, last) as { slot: number | null };
  return row.slot ?? undefined;
}

/** Forgets what was seen in blocks after `block`, when the chain has turned to another branch. */
export function forgetAfter(store: Store, block: number): void {
  store.prepare("DELETE FROM uploads WHERE block > ?").run(block);
  store.prepare("DELETE FROM slots WHERE seen_block > ?").run(block);
  // What is left of a slot that lost something is estimated again.
  store
    .prepare(
      `UPDATE slots SET uploads_estimated = 0,
         uploads = (SELECT count(*) FROM uploads WHERE uploads.slot = slots.slot)
       WHERE uploads != (SELECT count(*) FROM uploads WHERE uploads.slot = slots.slot)`,
    )
    .run();
  store
    .prepare(
      `UPDATE slots SET closed = NULL, closed_block = NULL, closed_tx = NULL, closed_count = 0,
         settled_objective = NULL, settled_threshold = NULL, closed_missing = NULL
       WHERE closed_block > ?`,
    )
    .run(block);
}

function noteSlot(store: Store, slot: number, version: number, block: number): void {
  store
    .prepare("INSERT INTO slots (slot, version, seen_block) VALUES (?, ?, ?) ON CONFLICT (slot) DO NOTHING")
    .run(slot, version, block);
}

function toSlotView(row: SlotRow): SlotView {
  return {
    slot: row.slot,
    version: row.version,
    seenBlock: row.seen_block,
    uploads: row.uploads,
    settledObjective: row.settled_objective ?? undefined,
    settledThreshold: row.settled_threshold ?? undefined,
    closedMissing: row.closed_missing ?? undefined,
    closed: row.closed ?? undefined,
    closedBlock: row.closed_block ?? undefined,
    closedTx: row.closed_tx ?? undefined,
    closedCount: row.closed_count,
  };
}

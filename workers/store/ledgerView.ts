import type { Store } from "./openStore.js";

/** How a slot was closed: with a certificate, or incomplete. */
export type Closing = "settled" | "incomplete";

/** What the ledger's events say of a slot. */
export interface SlotView {
  readonly slot: number;
  readonly version: number;
  readonly openedBlock: number;
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

interface SlotRow {
  readonly slot: number;
  readonly version: number;
  readonly opened_block: number;
  readonly closed: Closing | null;
  readonly closed_block: number | null;
  readonly closed_tx: string | null;
  readonly closed_count: number;
}

/** Notes that a slot opened under a version. Seen again, it changes nothing. */
export function noteOpened(store: Store, slot: number, version: number, block: number): void {
  store
    .prepare("INSERT INTO slots (slot, version, opened_block) VALUES (?, ?, ?) ON CONFLICT (slot) DO NOTHING")
    .run(slot, version, block);
}

/** Notes a batch or supplement. Seen again, it changes nothing. */
export function noteUpload(store: Store, upload: UploadView): void {
  store
    .prepare(
      "INSERT INTO uploads (slot, seat, kind, tx, block) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .run(upload.slot, upload.seat, upload.kind, upload.tx, upload.block);
}

/** Notes that a slot was closed. The same transaction seen again changes nothing. */
export function noteClosed(
  store: Store,
  slot: number,
  version: number,
  closing: { readonly closed: Closing; readonly block: number; readonly tx: string },
): void {
  noteOpened(store, slot, version, closing.block);
  store
    .prepare(
      `UPDATE slots SET closed = ?, closed_block = ?, closed_tx = ?, closed_count = closed_count + 1
       WHERE slot = ? AND closed_tx IS NOT ?`,
    )
    .run(closing.closed, closing.block, closing.tx, slot, closing.tx);
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

/** The batches and supplements of a slot, by seat. */
export function uploadsOfSlot(store: Store, slot: number): UploadView[] {
  return store
    .prepare("SELECT slot, seat, kind, tx, block FROM uploads WHERE slot = ? ORDER BY kind DESC, seat")
    .all(slot)
    .map((row) => ({ ...row }) as unknown as UploadView);
}

/** Forgets what was seen in blocks after `block`, when the chain has turned to another branch. */
export function forgetAfter(store: Store, block: number): void {
  store.prepare("DELETE FROM uploads WHERE block > ?").run(block);
  store.prepare("DELETE FROM slots WHERE opened_block > ?").run(block);
  store
    .prepare(
      `UPDATE slots SET closed = NULL, closed_block = NULL, closed_tx = NULL, closed_count = 0
       WHERE closed_block > ?`,
    )
    .run(block);
}

function toSlotView(row: SlotRow): SlotView {
  return {
    slot: row.slot,
    version: row.version,
    openedBlock: row.opened_block,
    closed: row.closed ?? undefined,
    closedBlock: row.closed_block ?? undefined,
    closedTx: row.closed_tx ?? undefined,
    closedCount: row.closed_count,
  };
}

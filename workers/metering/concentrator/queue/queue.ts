import type { Store } from "../../../store/openStore.js";

/** What a concentrator carries. A `backfill` is a report whose interval has left the window. */
export type ItemKind = "report" | "backfill" | "registration" | "session";

/** Something that waits for a transaction, or is under way in one. */
export interface QueueItem {
  readonly id: number;
  readonly kind: ItemKind;
  readonly meter: number;
  /** τ of a report, number of a session; 0 of a registration. */
  readonly key: number;
  /** A report's 158 bytes; a request as it came. */
  readonly payload: Uint8Array;
  /** When it came, unix seconds. */
  readonly at: number;
  /** The transaction that carries it; undefined while it waits. */
  readonly send: number | undefined;
  /** Whether the meter was told what its block said. */
  readonly answered: boolean;
}

interface Row extends Omit<QueueItem, "send" | "answered"> {
  readonly send: number | null;
  readonly answered: number;
}

/**
 * Puts something in the queue. Of what waits already for the same interval or session the newer stays; what is under way is
 * left alone.
 *
 * @returns whether it waits now.
 */
export function enqueue(
  store: Store,
  item: Pick<QueueItem, "kind" | "meter" | "key" | "payload" | "at">,
): boolean {
  const { kind, meter, key, payload, at } = item;
  const { changes } = store
    .prepare(
      `INSERT INTO queue (kind, meter, key, payload, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (meter, kind, key) DO UPDATE SET payload = excluded.payload WHERE send IS NULL`,
    )
    .run(kind, meter, key, payload, at);
  return changes === 1;
}

/** What waits, oldest first. */
export function waitingItems(store: Store, kind: ItemKind, limit: number): QueueItem[] {
  return rows(
    store.prepare("SELECT * FROM queue WHERE kind = ? AND send IS NULL ORDER BY id LIMIT ?").all(kind, limit),
  );
}

/** What a transaction carries, in the order of its call. */
export function itemsOf(store: Store, send: number): QueueItem[] {
  return rows(store.prepare("SELECT * FROM queue WHERE send = ? ORDER BY id").all(send));
}

/** Items of a meter's interval that are under way or wait, as reports or backfills. */
export function itemsOfInterval(store: Store, meter: number, time: number): QueueItem[] {
  return rows(
    store
      .prepare("SELECT * FROM queue WHERE meter = ? AND key = ? AND kind IN ('report', 'backfill')")
      .all(meter, time),
  );
}

/** How many items of a meter are under way or wait. */
export function itemsOfMeter(store: Store, meter: number): number {
  return (store.prepare("SELECT count(*) AS n FROM queue WHERE meter = ?").get(meter) as { n: number }).n;
}

/** Whether an item is under way or waits. */
export function isQueued(store: Store, meter: number, kind: ItemKind, key: number): boolean {
  const found = store
    .prepare("SELECT 1 FROM queue WHERE meter = ? AND kind = ? AND key = ?")
    .get(meter, kind, key);
  return found !== undefined;
}

/** Puts items into a transaction. */
export function carry(store: Store, items: readonly QueueItem[], send: number): void {
  const statement = store.prepare("UPDATE queue SET send = ?, answered = 0 WHERE id = ?");
  for (const { id } of items) statement.run(send, id);
  store.prepare("INSERT OR REPLACE INTO batches (send, seen) VALUES (?, NULL)").run(send);
}

/** Has an item wait again, as another kind if that is given. */
export function waitAgain(store: Store, item: QueueItem, kind: ItemKind = item.kind): void {
  store
    .prepare("DELETE FROM queue WHERE meter = ? AND key = ? AND kind = ? AND id <> ?")
    .run(item.meter, item.key, kind, item.id);
  store.prepare("UPDATE queue SET send = NULL, answered = 0, kind = ? WHERE id = ?").run(kind, item.id);
}

/** Notes that a meter was told what the block of its item said. */
export function noteAnswered(store: Store, id: number, answered: boolean): void {
  store.prepare("UPDATE queue SET answered = ? WHERE id = ?").run(answered ? 1 : 0, id);
}

/** Lets an item go. */
export function dropItem(store: Store, id: number): void {
  store.prepare("DELETE FROM queue WHERE id = ?").run(id);
}

/** The transactions that carry something, and the hash of the block whose events were looked at. */
export function openBatches(store: Store): { readonly send: number; readonly seen: string | undefined }[] {
  return store
    .prepare("SELECT send, seen FROM batches ORDER BY send")
    .all()
    .map((row) => ({ send: row["send"] as number, seen: (row["seen"] as string | null) ?? undefined }));
}

/** Notes the block whose events were looked at; undefined after that block was lost. */
export function noteSeen(store: Store, send: number, seen: string | undefined): void {
  store.prepare("UPDATE batches SET seen = ? WHERE send = ?").run(seen ?? null, send);
}

/** Lets a transaction go that carries nothing any more. */
export function dropBatch(store: Store, send: number): void {
  store.prepare("DELETE FROM batches WHERE send = ?").run(send);
}

/** How much is in the queue, and when the oldest of it came (unix seconds). */
export interface QueueLength {
  readonly waiting: number;
  readonly underWay: number;
  readonly oldest: number | undefined;
}

/** Counts the queue. */
export function queueLength(store: Store): QueueLength {
  const row = store
    .prepare(
      "SELECT count(*) - count(send) AS waiting, count(send) AS under_way, min(at) AS oldest FROM queue",
    )
    .get() as { waiting: number; under_way: number; oldest: number | null };
  return { waiting: row.waiting, underWay: row.under_way, oldest: row.oldest ?? undefined };
}

function rows(found: readonly unknown[]): QueueItem[] {
  return (found as readonly Row[]).map((row) => ({
    ...row,
    payload: Uint8Array.from(row.payload),
    send: row.send ?? undefined,
    answered: row.answered === 1,
  }));
}

import { insertMeasurement, readingsFrom } from "./measurements.js";
import type { Store } from "./openStore.js";
import { insertProblem } from "./problems.js";
import { transaction } from "./transaction.js";

/** How slots lie in time from one on. Times are unix seconds. */
export interface StoredSchedule {
  readonly firstSlot: number;
  readonly start: number;
  readonly slotSeconds: number;
}

/**
 * Takes note of the ledger's schedules. Readings are kept by slot: those for slots that a new schedule moves in time go to
 * the slot that now starts when theirs did, or are dropped, as a problem, if none does.
 *
 * @param schedules oldest first.
 * @param now unix seconds.
 * @returns how many readings were dropped.
 */
export function adoptSchedules(store: Store, schedules: readonly StoredSchedule[], now: number): number {
  const known = store
    .prepare(
      "SELECT first_slot AS firstSlot, start, slot_seconds AS slotSeconds FROM schedules ORDER BY first_slot",
    )
    .all() as unknown as StoredSchedule[];
  const fresh = schedules.filter(({ firstSlot }) => firstSlot > (known.at(-1)?.firstSlot ?? -1));
  if (fresh.length === 0) return 0;
  return transaction(store, () => {
    let before = known.at(-1);
    let dropped = 0;
    for (const schedule of fresh) {
      if (before !== undefined) dropped += moveReadings(store, before, schedule, now);
      store
        .prepare("INSERT INTO schedules (first_slot, start, slot_seconds) VALUES (?, ?, ?)")
        .run(schedule.firstSlot, schedule.start, schedule.slotSeconds);
      before = schedule;
    }
    return dropped;
  });
}

/** @returns how many readings fit no slot any more. */
function moveReadings(store: Store, before: StoredSchedule, after: StoredSchedule, now: number): number {
  if (before.slotSeconds === after.slotSeconds) return 0;
  const readings = readingsFrom(store, after.firstSlot);
  store.prepare("DELETE FROM measurements WHERE slot >= ?").run(after.firstSlot);
  let dropped = 0;
  for (const reading of readings) {
    const { slot, meter, path, line } = reading;
    const time = before.start + (slot - before.firstSlot) * before.slotSeconds;
    const moved = (time - after.start) / after.slotSeconds;
    if (Number.isInteger(moved)) insertMeasurement(store, { ...reading, slot: after.firstSlot + moved });
    else {
      const iso = new Date(1000 * time).toISOString();
      const message = `${meter}: ${iso} is not the start of a slot since slots last ${after.slotSeconds} s`;
      insertProblem(store, { path, line, code: "misaligned", message, at: Math.floor(now) });
      dropped++;
    }
  }
  return dropped;
}

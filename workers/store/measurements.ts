import type { Store } from "./openStore.js";

export type Quality = "good" | "suspect" | "bad" | "missing";

/** One reading of one own meter, and where it came from. */
export interface StoredMeasurement {
  readonly slot: number;
  readonly meter: string;
  /** Counts of the meter's unit; undefined exactly if the quality is bad or missing. */
  readonly counts: number | undefined;
  /** kW per count of power when the row was read. */
  readonly powerUnitKw: number;
  readonly quality: Quality;
  readonly path: string;
  readonly line: number;
}

interface Row {
  readonly meter: string;
  readonly counts: number | null;
  readonly powerUnitKw: number;
  readonly quality: Quality;
  readonly path: string;
  readonly line: number;
}

const COLUMNS = "meter, counts, power_unit_kw AS powerUnitKw, quality, path, line";

/**
 * Keeps a reading, unless its meter already has a value in that slot: the first value stands. A value replaces a
 * reading without one.
 *
 * @returns false if a value was there already, and nothing was changed.
 */
export function insertMeasurement(store: Store, measurement: StoredMeasurement): boolean {
  const { slot, meter, counts, powerUnitKw, quality, path, line } = measurement;
  const { changes } = store
    .prepare(
      `INSERT INTO measurements (slot, meter, counts, power_unit_kw, quality, path, line)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot, meter) DO UPDATE
       SET counts = excluded.counts, power_unit_kw = excluded.power_unit_kw, quality = excluded.quality,
           path = excluded.path, line = excluded.line
       WHERE measurements.counts IS NULL`,
    )
    .run(slot, meter, counts ?? null, powerUnitKw, quality, path, line);
  return Number(changes) === 1;
}

/** The reading of one meter in a slot. */
export function measurementOf(store: Store, slot: number, meter: string): StoredMeasurement | undefined {
  const row = store
    .prepare(`SELECT ${COLUMNS} FROM measurements WHERE slot = ? AND meter = ?`)
    .get(slot, meter) as Row | undefined;
  return row === undefined ? undefined : toMeasurement(slot, row);
}

/** All readings of a slot, by meter. */
export function measurementsOfSlot(store: Store, slot: number): Map<string, StoredMeasurement> {
  const rows = store
    .prepare(`SELECT ${COLUMNS} FROM measurements WHERE slot = ?`)
    .all(slot) as unknown as Row[];
  return new Map(rows.map((row) => [row.meter, toMeasurement(slot, row)]));
}

/** All readings of the slots from `fromSlot` on. */
export function readingsFrom(store: Store, fromSlot: number): StoredMeasurement[] {
  const rows = store
    .prepare(`SELECT slot, ${COLUMNS} FROM measurements WHERE slot >= ? ORDER BY slot, meter`)
    .all(fromSlot) as unknown as (Row & { readonly slot: number })[];
  return rows.map((row) => toMeasurement(row.slot, row));
}

/** The slots from `fromSlot` on that have at least one reading with a value, ascending. */
export function slotsWithMeasurements(store: Store, fromSlot: number): number[] {
  const rows = store
    .prepare("SELECT DISTINCT slot FROM measurements WHERE slot >= ? AND counts IS NOT NULL ORDER BY slot")
    .all(fromSlot) as unknown as { slot: number }[];
  return rows.map((row) => row.slot);
}

/** Readings with a value, over all slots. */
export function countMeasurements(store: Store): number {
  const row = store.prepare("SELECT count(*) AS n FROM measurements WHERE counts IS NOT NULL").get();
  return (row as { n: number }).n;
}

function toMeasurement(slot: number, row: Row): StoredMeasurement {
  return { ...row, slot, counts: row.counts ?? undefined };
}

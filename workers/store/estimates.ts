import type { Store } from "./openStore.js";

/** A slot's estimate, as it is kept. Columns have one entry per meter in the order of the version. */
export interface StoredEstimate {
  readonly slot: number;
  readonly version: number;
  /** When it was made, unix seconds. */
  readonly at: number;
  /** J over the rows that were measured, virtual ones included; undefined if they do not determine the state. */
  readonly objective: number | undefined;
  /** τ for the same rows. */
  readonly threshold: number | undefined;
  /** Meters without a value. */
  readonly missing: number;
  /** kW or rad, after supplements; NaN where missing. */
  readonly measured: Float64Array;
  /** kW or rad: the reading that the estimate gives; residual = measured - estimated. NaN where unobservable. */
  readonly estimated: Float64Array;
  /** Residual over its standard deviation; NaN where missing or critical. */
  readonly normalised: Float64Array;
  /** 1 where a missing value was filled by the estimate. */
  readonly filled: Uint8Array;
  /** Angles in rad, one per bus in the order of the version's tree, references included; none if not determined. */
  readonly angles: Float64Array;
}

/** The head of an estimate, without its columns. */
export type EstimateSummary = Pick<
  StoredEstimate,
  "slot" | "version" | "at" | "objective" | "threshold" | "missing"
>;

type Row = SummaryRow & Record<"measured" | "estimated" | "normalised" | "filled" | "angles", Uint8Array>;

interface SummaryRow extends Omit<EstimateSummary, "objective" | "threshold"> {
  readonly objective: number | null;
  readonly threshold: number | null;
}

/** Keeps an estimate in place of an earlier one of the slot. */
export function saveEstimate(store: Store, estimate: StoredEstimate): void {
  store
    .prepare(
      `INSERT OR REPLACE INTO estimates
       (slot, version, at, objective, threshold, missing, measured, estimated, normalised, filled, angles)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      estimate.slot,
      estimate.version,
      estimate.at,
      estimate.objective ?? null,
      estimate.threshold ?? null,
      estimate.missing,
      bytes(estimate.measured),
      bytes(estimate.estimated),
      bytes(estimate.normalised),
      estimate.filled,
      bytes(estimate.angles),
    );
}

export function readEstimate(store: Store, slot: number): StoredEstimate | undefined {
  const row = store.prepare("SELECT * FROM estimates WHERE slot = ?").get(slot) as Row | undefined;
  if (row === undefined) return undefined;
  return {
    ...toSummary(row),
    measured: doubles(row.measured),
    estimated: doubles(row.estimated),
    normalised: doubles(row.normalised),
    filled: Uint8Array.from(row.filled),
    angles: doubles(row.angles),
  };
}

/** The latest estimates, newest first. */
export function latestEstimates(store: Store, limit: number): EstimateSummary[] {
  return store
    .prepare(
      "SELECT slot, version, at, objective, threshold, missing FROM estimates ORDER BY slot DESC LIMIT ?",
    )
    .all(limit)
    .map((row) => toSummary(row as unknown as SummaryRow));
}

function toSummary(row: SummaryRow): EstimateSummary {
  return {
    slot: row.slot,
    version: row.version,
    at: row.at,
    objective: row.objective ?? undefined,
    threshold: row.threshold ?? undefined,
    missing: row.missing,
  };
}

function bytes(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function doubles(blob: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(blob).buffer);
}

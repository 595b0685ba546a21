import type { ProblemCode } from "../measurement/problem.js";
import { slotTimes } from "../measurement/slotTimes.js";
import { MISSING_VALUE, PMU_DIGITS } from "../grid/version/constants.js";
import { parseCsvRow } from "./ingest/parseCsvRow.js";
import { parseJsonRow } from "./ingest/parseJsonRow.js";
import { parseRow } from "./ingest/parseRow.js";
import { parseTime } from "./ingest/parseTime.js";
import { type CsvLayout, readCsvHeader } from "./ingest/readCsvHeader.js";
import type { IngestContext, IngestMeter, SignedValue } from "./ingest/types.js";

/**
 * How a row stands against the chain: it `agrees`, `differs`, is `missing` there, or its meter has no key in that slot
 * (`noKey`); `equivocal` where the meter signed another value for the slot too; or why the row is no evidence.
 */
export type AuditStatus = "agrees" | "differs" | "missing" | "noKey" | "equivocal" | ProblemCode;

/** A row of a file of signed values, held against the chain. */
export interface AuditedRow {
  readonly line: number;
  readonly status: AuditStatus;
  /** What is wrong with a row that is no evidence. */
  readonly message?: string;
  /** Name of the meter, and its number in the version. */
  readonly meter?: string;
  readonly number?: number;
  readonly signed?: SignedValue;
  /** What is on the chain, counts. */
  readonly counts?: number;
}

const WATTS = 1000n;
const NANORADIANS = 1_000_000_000n;

/** Whether a signed value (W, or nrad) rounds to what was uploaded, either way at one half: as `MeterKeys` judges. */
export function agrees(
  signed: bigint,
  counts: number,
  kind: IngestMeter["kind"],
  powerUnitKw: number,
): boolean {
  const pmu = kind === "pmu";
  const unit = pmu ? NANORADIANS : BigInt(powerUnitKw) * WATTS;
  const exact = pmu ? signed << BigInt(PMU_DIGITS) : signed;
  const twice = 2n * (exact - BigInt(counts) * unit);
  return twice <= unit && -twice <= unit;
}

/**
 * Holds the rows of a measurement file that are for a slot against what was uploaded for it. Rows for other slots, and
 * readings without a value, are passed over.
 *
 * @param text The file; `csv` or JSON lines.
 * @param counts By meter, as uploaded.
 * @param context With the keys of every meter, whoever owns it, and `now` at the start of the slot.
 * @throws RangeError if a CSV file has no header that can be used.
 */
export function auditReadings(
  text: string,
  csv: boolean,
  slot: number,
  counts: Int32Array,
  context: IngestContext,
): AuditedRow[] {
  const lines = text.replace(/^\uFEFF/u, "").split(/\r?\n/u);
  let layout: CsvLayout | undefined;
  const rows: AuditedRow[] = [];
  const { start } = slotTimes(context.rules, slot);
  for (const [i, content] of lines.entries()) {
    if (content.trim() === "") continue;
    const line = i + 1;
    if (csv && layout === undefined) {
      const header = readCsvHeader(content);
      if ("problem" in header) throw new RangeError(`line ${line}: ${header.problem.message}`);
      layout = header.value;
      continue;
    }
    const raw = layout === undefined ? parseJsonRow(content) : parseCsvRow(content, layout);
    if ("problem" in raw) {
      rows.push({ line, status: raw.problem.code, message: raw.problem.message });
      continue;
    }
    const time = parseTime(raw.value.time, raw.value.timezone);
    if ("value" in time && time.value !== start) continue;
    const { meter } = raw.value;
    const reading = parseRow(raw.value, context);
    if ("problem" in reading) {
      rows.push({ line, status: reading.problem.code, message: reading.problem.message, meter });
      continue;
    }
    if (reading.value.counts === undefined) continue;
    rows.push({ line, meter, ...against(reading.value.signed, context.meters.get(meter)!, counts, context) });
  }
  return markEquivocal(rows);
}

function against(
  signed: SignedValue | undefined,
  { index, kind }: IngestMeter,
  counts: Int32Array,
  { powerUnitKw }: IngestContext,
): Pick<AuditedRow, "number" | "status" | "signed" | "counts"> {
  const uploaded = counts[index]!;
  if (signed === undefined) return { number: index, status: "noKey" };
  if (uploaded === MISSING_VALUE) return { number: index, status: "missing", signed };
  const same = agrees(signed.value, uploaded, kind, powerUnitKw);
  return { number: index, status: same ? "agrees" : "differs", signed, counts: uploaded };
}

/** Whoever signed two values for one slot has no say in which is right. */
function markEquivocal(rows: readonly AuditedRow[]): AuditedRow[] {
  const values = new Map<string, Set<bigint>>();
  for (const { meter, signed } of rows) {
    if (meter === undefined || signed === undefined) continue;
    values.set(meter, (values.get(meter) ?? new Set()).add(signed.value));
  }
  return rows.map((row) => {
    const several = row.signed !== undefined && (values.get(row.meter ?? "")?.size ?? 0) > 1;
    return several ? { ...row, status: "equivocal" } : row;
  });
}

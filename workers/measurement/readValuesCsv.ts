import { quantise } from "./quantise.js";
import { splitCsvLine } from "./splitCsvLine.js";
import type { MeterKind } from "../grid/types.js";

/** A file of values cannot be used. The message is one line: `FILE:LINE: what`. */
export class ValuesFileError extends Error {
  override readonly name = "ValuesFileError";
  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`);
  }
}

/** What a row must know of its meter. */
export interface ValueMeter {
  readonly id: string;
  readonly kind: MeterKind;
  /** 2^e counts: a value z is in range when -2^e <= z < 2^e. */
  readonly rangeCounts: number;
}

/** What a file gives for a slot. */
export interface FileValues {
  /** Counts by meter id; of rows with a value in range. */
  readonly counts: ReadonlyMap<string, number>;
  /** Why rows with a value out of range were taken as missing, one line each. */
  readonly outOfRange: readonly string[];
}

const COLUMNS = ["meter", "value", "unit"] as const;

/**
 * Reads the values of a slot from CSV: the header `meter,value` or `meter,value,unit`, then a row a meter, in any order.
 * Units are kW (the default), MW, W; for a PMU rad (the default), mrad, deg. An empty value is missing.
 *
 * @param meters All meters of the version.
 * @throws ValuesFileError for the first row that cannot be read, names no meter, or one that had a row before.
 */
export function readValuesCsv(
  text: string,
  file: string,
  meters: readonly ValueMeter[],
  powerUnitKw: number,
): FileValues {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const rows = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = splitCsvLine(rows[0] ?? "", ",")
    ?.join(",")
    .toLowerCase();
  if (header !== "meter,value" && header !== COLUMNS.join(",")) {
    throw new ValuesFileError(
      file,
      1,
      `expected the header meter,value or meter,value,unit, found ${header || "nothing"}`,
    );
  }
  const width = header.split(",").length;
  const counts = new Map<string, number>();
  const outOfRange: string[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    const line = index + 1;
    if (line === 1 || row.trim() === "") continue;
    const fields = splitCsvLine(row, ",");
    if (fields?.length !== width) {
      throw new ValuesFileError(
        file,
        line,
        `expected ${width} fields, found ${fields === undefined ? "quotes that do not match" : fields.length}`,
      );
    }
    const [id = "", value = "", unit = ""] = fields;
    const meter = byId.get(id);
    if (meter === undefined)
      throw new ValuesFileError(file, line, `no meter ${id || "(empty)"} in this grid version`);
    const before = lineOf.get(id);
    if (before !== undefined)
      throw new ValuesFileError(file, line, `meter ${id} again (first on line ${before})`);
    lineOf.set(id, line);
    if (value === "") continue;
    const number = Number(value);
    if (!Number.isFinite(number)) throw new ValuesFileError(file, line, `expected a number, found ${value}`);
    const usual = meter.kind === "pmu" ? "rad" : "kW";
    const outcome = quantise(number, unit || usual, meter, powerUnitKw);
    if ("value" in outcome) counts.set(id, outcome.value);
    else if (outcome.problem.code === "outOfRange") {
      outOfRange.push(`${file}:${line}: ${outcome.problem.message}`);
    } else throw new ValuesFileError(file, line, outcome.problem.message);
  }
  return { counts, outOfRange };
}

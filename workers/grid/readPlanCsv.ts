import { checkPlan } from "./checkPlan.js";
import { defaultSigmas } from "./defaultSigmas.js";
import { GridFileError } from "./errors.js";
import type { Grid, Meter, MeteringPlan } from "./types.js";

/** Columns of a metering plan in CSV, in this order. */
export const planColumns = ["meter", "kind", "place", "sigma", "owner"] as const;

/** The kind of a row that states a zero injection: no meter, no owner. */
export const zeroInjectionKind = "zeroInjection";

const kinds: readonly string[] = ["injection", "flowFrom", "flowTo", "pmu"] satisfies Meter["kind"][];

/**
 * Reads a metering plan in CSV (RFC 4180, one row a line) and checks it against its grid: the header
 * `meter,kind,place,sigma,owner`, then a row for each meter, and for each zero-injection bus a row
 * `,zeroInjection,BUS,SIGMA,`, all of the same sigma.
 *
 * @throws GridFileError naming the line of the first row that is wrong.
 */
export function readPlanCsv(text: string, file: string, grid: Grid): MeteringPlan {
  const rows = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = planColumns.join(",");
  if (rows[0]?.trim() !== header)
    throw new GridFileError(file, 1, `expected the header ${header}, found ${rows[0]?.trim() || "nothing"}`);

  const meters: Meter[] = [];
  const meterLines: number[] = [];
  const zeroInjections: number[] = [];
  const zeroLines: number[] = [];
  let zeroInjectionSigma: number | undefined;
  for (const [index, row] of rows.entries()) {
    const line = index + 1;
    if (line === 1 || row.trim() === "") continue;
    const cells = cellsOf(row);
    if (cells?.length !== planColumns.length) {
      const found = cells === undefined ? "quotes that do not match" : `${cells.length}`;
      throw new GridFileError(file, line, `expected ${planColumns.length} cells (${header}), found ${found}`);
    }
    const [id = "", kind = "", ...rest] = cells;
    const place = numberOf(rest[0], "a bus or line number", file, line);
    const sigma = numberOf(rest[1], "a sigma", file, line);
    const owner = rest[2] ?? "";
    if (kind === zeroInjectionKind) {
      if (zeroInjectionSigma !== undefined && sigma !== zeroInjectionSigma) {
        const problem = `expected the same sigma for all zero injections, found ${sigma} after ${zeroInjectionSigma}`;
        throw new GridFileError(file, line, problem);
      }
      zeroInjectionSigma = sigma;
      zeroInjections.push(place);
      zeroLines.push(line);
      continue;
    }
    if (!kinds.includes(kind)) {
      const problem = `expected one of ${kinds.join(", ")}, ${zeroInjectionKind} as kind, found ${kind || "nothing"}`;
      throw new GridFileError(file, line, problem);
    }
    meters.push({ id, kind: kind as Meter["kind"], place, sigma, owner });
    meterLines.push(line);
  }

  const plan = {
    meters,
    zeroInjections,
    zeroInjectionSigma: zeroInjectionSigma ?? defaultSigmas.zeroInjectionKw,
  };
  checkPlan(plan, grid, file, (part, row) => (part === "meters" ? meterLines : zeroLines)[row ?? 0] ?? 1);
  return plan;
}

function numberOf(cell: string | undefined, what: string, file: string, line: number): number {
  const value = cell === undefined || cell === "" ? Number.NaN : Number(cell);
  if (!Number.isFinite(value))
    throw new GridFileError(file, line, `expected ${what}, found ${cell === "" ? "nothing" : cell}`);
  return value;
}

/** The cells of a row, or undefined where quotes do not match. */
function cellsOf(row: string): string[] | undefined {
  const cells: string[] = [];
  const cell = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/y;
  for (;;) {
    const found = cell.exec(row);
    if (found === null) return undefined;
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2]?.trim() ?? "");
    if (found[3] === "") return cells;
  }
}

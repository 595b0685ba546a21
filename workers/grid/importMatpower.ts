import { basename } from "node:path";
import { checkGridCase } from "./checkGridCase.js";
import { GridFileError } from "./errors.js";
import { matpowerHeader } from "./matpowerHeader.js";
import { scanMatpower, type MatpowerField, type MatpowerRow, type MatpowerText } from "./scanMatpower.js";
import type { CaseBus, CaseLine, GridCase } from "./types.js";

/** The fewest columns of each matrix in MATPOWER's case format, versions 1 and 2. */
const fewestColumns = { bus: 13, gen: 10, branch: 11 } as const;

type Section = keyof typeof fewestColumns;

/**
 * Reads a MATPOWER case (`.m`): `baseMVA`, and of `bus`, `gen` and `branch` the columns that a DC model needs.
 * Bus type 4 is out of service; generators in service are summed per bus; lines are numbered by position, those out
 * of service included.
 *
 * @param text The file's content.
 * @param file Its path, for messages.
 * @throws GridFileError naming the line of the first row that is wrong.
 */
export function importMatpower(text: string, file: string): GridCase {
  if (text.trim() === "") throw new GridFileError(file, 1, "expected a MATPOWER case, found an empty file");
  const scanned = scanMatpower(text, file);
  const base = sectionOf(scanned, "baseMVA", file);
  const baseRow = base.rows[0];
  if (baseRow === undefined)
    throw new GridFileError(file, base.line, "expected the base power in MVA, found nothing");
  const baseMva = cell(baseRow, 1, "the base power in MVA", file);

  const busRows = rowsOf(scanned, "bus", file);
  const genRows = rowsOf(scanned, "gen", file);
  const branchRows = rowsOf(scanned, "branch", file);
  const generation = generationByBus(genRows, busRows, file);
  const buses = busRows.map((row): CaseBus => {
    const number = cell(row, 1, "a bus number", file);
    const type = cell(row, 2, "a bus type", file);
    if (![1, 2, 3, 4].includes(type))
      throw new GridFileError(file, row.line, `expected a bus type 1, 2, 3 or 4 in column 2, found ${type}`);
    return {
      number,
      reference: type === 3,
      loadMw: cell(row, 3, "a load in MW", file),
      shuntMw: cell(row, 5, "a shunt conductance in MW", file),
      generationMw: generation.get(number) ?? 0,
      inService: type !== 4,
    };
  });
  const lines = branchRows.map((row, index): CaseLine => {
    const status = cell(row, 11, "a branch status", file);
    if (status !== 0 && status !== 1)
      throw new GridFileError(
        file,
        row.line,
        `expected a branch status 0 or 1 in column 11, found ${status}`,
      );
    const tap = cell(row, 9, "a tap ratio", file);
    return {
      number: index + 1,
      from: cell(row, 1, "a bus number", file),
      to: cell(row, 2, "a bus number", file),
      reactance: cell(row, 4, "a reactance in p.u.", file),
      tap: tap === 0 ? 1 : tap,
      shiftDegrees: cell(row, 10, "a phase shift in degrees", file),
      inService: status === 1,
    };
  });

  const name = scanned.name === "" ? basename(file).replace(/\.m$/i, "") : scanned.name;
  const gridCase: GridCase = { name, ...matpowerHeader(text, name), baseMva, buses, lines };
  checkGridCase(gridCase, file, (part, row) => {
    if (part === "baseMva") return baseRow.line;
    const rows = part === "buses" ? busRows : branchRows;
    return rows[row ?? 0]?.line ?? sectionOf(scanned, "bus", file).line;
  });
  return gridCase;
}

function sectionOf(scanned: MatpowerText, name: Section | "baseMVA", file: string): MatpowerField {
  const field = scanned.fields.get(name);
  if (field === undefined)
    throw new GridFileError(file, scanned.lastLine, `expected mpc.${name}, found none`);
  return field;
}

/** The rows of a section. The number of columns is the one that most rows have, so that the odd row is blamed. */
function rowsOf(scanned: MatpowerText, section: Section, file: string): readonly MatpowerRow[] {
  const { matrix, rows, line } = sectionOf(scanned, section, file);
  if (!matrix)
    throw new GridFileError(file, line, `expected "[" after mpc.${section} =, found a single value`);
  const count = new Map<number, number>();
  for (const { cells } of rows) count.set(cells.length, (count.get(cells.length) ?? 0) + 1);
  const [most] = [...count].sort(([a, timesA], [b, timesB]) => timesB - timesA || b - a);
  const fewest = fewestColumns[section];
  const expected = Math.max(most?.[0] ?? fewest, fewest);
  for (const row of rows) {
    if (row.cells.length !== expected) {
      const problem = `expected ${expected} columns in a row of mpc.${section}, found ${row.cells.length}`;
      throw new GridFileError(file, row.line, problem);
    }
    for (const [index, written] of row.cells.entries()) {
      if (!isNumeric(written)) {
        const problem = `expected a number in column ${index + 1} of mpc.${section}, found ${written}`;
        throw new GridFileError(file, row.line, problem);
      }
    }
  }
  return rows;
}

/** MW by bus number, of the generators in service. */
function generationByBus(
  genRows: readonly MatpowerRow[],
  busRows: readonly MatpowerRow[],
  file: string,
): Map<number, number> {
  const known = new Set(busRows.map(({ cells }) => Number(cells[0])));
  const generation = new Map<number, number>();
  for (const row of genRows) {
    const bus = cell(row, 1, "a bus number", file);
    if (!known.has(bus))
      throw new GridFileError(
        file,
        row.line,
        `expected a bus of this case for a generator, found unknown bus ${bus}`,
      );
    const power = cell(row, 2, "a set point in MW", file);
    if (cell(row, 8, "a generator status", file) > 0) generation.set(bus, (generation.get(bus) ?? 0) + power);
  }
  return generation;
}

/** A cell that the model uses, by column from 1: it must be finite. -0 becomes 0. */
function cell(row: MatpowerRow, column: number, what: string, file: string): number {
  const written = row.cells[column - 1] ?? "nothing";
  const value = isNumeric(written) ? Number(written) : Number.NaN;
  if (!Number.isFinite(value))
    throw new GridFileError(
      file,
      row.line,
      `expected ${what} in column ${column}, found ${written || "nothing"}`,
    );
  return value + 0;
}

function isNumeric(written: string): boolean {
  return /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Inf(?:inity)?|NaN)$/i.test(written);
}

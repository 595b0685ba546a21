import { GridFileError } from "./errors.js";
import type { GridCase } from "./types.js";

/** Where in the file a part of a case stands. Rows are positions from 0. */
export type CaseLineOf = (part: "baseMva" | "buses" | "lines", row?: number) => number;

/**
 * Checks what holds for a case in any format: a positive base, at least one bus, bus and line numbers distinct
 * positive integers, lines between two different known buses, reactance not zero, tap positive.
 *
 * @throws GridFileError for the first row that breaks a rule.
 */
export function checkGridCase(gridCase: GridCase, file: string, lineOf: CaseLineOf): void {
  const { baseMva, buses, lines } = gridCase;
  if (!(baseMva > 0 && Number.isFinite(baseMva))) {
    throw new GridFileError(
      file,
      lineOf("baseMva"),
      `expected a positive base power in MVA, found ${baseMva}`,
    );
  }
  if (buses.length === 0)
    throw new GridFileError(file, lineOf("buses"), "expected at least one bus, found none");

  const rowOfBus = new Map<number, number>();
  for (const [row, { number }] of buses.entries()) {
    const first = rowOfBus.get(number);
    let problem: string | undefined;
    if (!isNumber(number)) problem = `expected a positive whole bus number, found ${number}`;
    else if (first !== undefined)
      problem = `expected distinct bus numbers, found bus ${number} again (first on line ${lineOf("buses", first)})`;
    if (problem !== undefined) throw new GridFileError(file, lineOf("buses", row), problem);
    rowOfBus.set(number, row);
  }

  const rowOfLine = new Map<number, number>();
  for (const [row, line] of lines.entries()) {
    const first = rowOfLine.get(line.number);
    const unknown = rowOfBus.has(line.from) ? line.to : line.from;
    let problem: string | undefined;
    if (!isNumber(line.number)) problem = `expected a positive whole line number, found ${line.number}`;
    else if (first !== undefined)
      problem = `expected distinct line numbers, found line ${line.number} again (first on line ${lineOf("lines", first)})`;
    else if (!rowOfBus.has(unknown)) problem = `expected a bus of this case, found unknown bus ${unknown}`;
    else if (line.from === line.to)
      problem = `expected a line between two different buses, found bus ${line.from} at both ends`;
    else if (line.reactance === 0) problem = "expected a reactance other than zero, found 0";
    else if (!(line.tap > 0)) problem = `expected a positive tap ratio, found ${line.tap}`;
    if (problem !== undefined) throw new GridFileError(file, lineOf("lines", row), problem);
    rowOfLine.set(line.number, row);
  }
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

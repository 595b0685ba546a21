import { type Outcome, problem } from "../../measurement/problem.js";
import { splitCsvLine } from "../../measurement/splitCsvLine.js";
import type { RawRow } from "./types.js";

/** Where the columns of a CSV file are. */
export interface CsvLayout {
  readonly delimiter: "," | ";";
  /** Columns of the header. */
  readonly width: number;
  /** Position of each known column, -1 if the file has none. */
  readonly column: Readonly<Record<keyof RawRow, number>>;
}

const NEEDED = ["time", "meter", "value", "unit"] as const;
const OPTIONAL = ["timezone", "quality", "signature"] as const;

/**
 * Reads the header of a CSV file. Columns in any order and letter case; `time`, `meter`, `value` and `unit` are
 * needed, `timezone`, `quality` and `signature` optional, others ignored. The delimiter is a comma, or a semicolon if the header
 * has one and no comma.
 */
export function readCsvHeader(line: string): Outcome<CsvLayout> {
  const delimiter = line.includes(";") && !line.includes(",") ? ";" : ",";
  const names = splitCsvLine(line, delimiter)?.map((name) => name.toLowerCase());
  if (names === undefined)
    return problem("malformed", "header: unbalanced quote; no row of this file is read");
  for (const name of [...NEEDED, ...OPTIONAL]) {
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      return problem("malformed", `header: column ${name} occurs twice; no row of this file is read`);
    }
  }
  const absent = NEEDED.filter((name) => !names.includes(name));
  if (absent.length > 0) {
    return problem(
      "malformed",
      `header: no column ${absent.join(", ")} (needed: ${NEEDED.join(", ")}); no row of this file is read`,
    );
  }
  const column = Object.fromEntries([...NEEDED, ...OPTIONAL].map((name) => [name, names.indexOf(name)]));
  return { value: { delimiter, width: names.length, column: column as CsvLayout["column"] } };
}

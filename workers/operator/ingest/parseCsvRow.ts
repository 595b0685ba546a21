import { type Outcome, problem } from "../../measurement/problem.js";
import type { CsvLayout } from "./readCsvHeader.js";
import { splitCsvLine } from "../../measurement/splitCsvLine.js";
import type { RawRow } from "./types.js";

/** The fields of one row of a CSV file. */
export function parseCsvRow(line: string, layout: CsvLayout): Outcome<RawRow> {
  const fields = splitCsvLine(line, layout.delimiter);
  if (fields === undefined) return problem("malformed", "unbalanced quote");
  if (fields.length !== layout.width) {
    return problem("malformed", `${fields.length} fields, the header has ${layout.width}`);
  }
  const field = (name: keyof RawRow): string => fields[layout.column[name]] ?? "";
  return {
    value: {
      time: field("time"),
      timezone: field("timezone"),
      meter: field("meter"),
      value: field("value"),
      unit: field("unit"),
      quality: field("quality"),
      signature: field("signature"),
    },
  };
}

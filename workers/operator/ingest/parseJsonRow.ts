import { type Outcome, problem } from "../../measurement/problem.js";
import type { RawRow } from "./types.js";

/**
 * The fields of one line of JSON: an object with `time`, `meter`, `value`, `unit` and, where wanted, `timezone`,
 * `quality` and `signature`. `value` is a number, a text that holds one, or null for none; the others are texts (a meter's name may be
 * a number). Other fields are ignored.
 */
export function parseJsonRow(line: string): Outcome<RawRow> {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return problem("malformed", "not valid JSON; one object a line is expected");
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return problem("malformed", "not a JSON object; one object a line is expected");
  }
  const fields = row as Record<string, unknown>;
  const texts: Record<string, string> = {};
  for (const name of ["time", "timezone", "meter", "value", "unit", "quality", "signature"]) {
    const field = fields[name] ?? "";
    const numeric = typeof field === "number" && (name === "value" || name === "meter");
    if (typeof field !== "string" && !numeric) {
      return problem("malformed", `${name}: ${JSON.stringify(field)} is not a text`);
    }
    texts[name] = String(field).trim();
  }
  return { value: texts as unknown as RawRow };
}

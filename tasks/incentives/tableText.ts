import type { TextTable } from "../../workers/report/incentiveTables.js";
import { table } from "../../workers/report/table.js";

/** A table under its heading, as text. */
export function tableText(heading: string, { columns, rows }: TextTable): string {
  return `${heading}\n${table(columns, rows)}`;
}

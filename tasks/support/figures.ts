import { type Column, table } from "../../workers/report/table.js";

/** Head and rows of a table. The first column is text, the others are figures. */
export interface FigureTable {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A table with its title, as text. */
export function figuresText({ title, heads, rows }: FigureTable): string {
  const columns = heads.map((head, i): Column => ({ head, align: i === 0 ? "left" : "right" }));
  return `${title}\n${table(columns, rows)}`;
}

/** The same as a section of Markdown, line by line. */
export function figuresMarkdown({ title, heads, rows }: FigureTable): string[] {
  const rule = heads.map((_, i) => (i === 0 ? "---" : "---:"));
  return [`## ${title}`, "", ...[heads, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`), ""];
}

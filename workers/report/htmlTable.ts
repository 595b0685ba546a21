import { escapeHtml } from "./html.js";
import type { Column } from "./table.js";

/** A cell of an HTML table; `mark` sets it off. */
export interface HtmlCell {
  readonly text: string;
  readonly mark?: "alarm" | "soft";
}

/** A table as HTML; plain strings are cells without a mark. */
export function htmlTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | HtmlCell)[])[],
): string {
  const classOf = (column: number, mark?: string): string => {
    const names = [columns[column]?.align === "right" ? "number" : "", mark ?? ""].filter(
      (name) => name !== "",
    );
    return names.length === 0 ? "" : ` class="${names.join(" ")}"`;
  };
  const head = columns.map(({ head: text }, i) => `<th${classOf(i)}>${escapeHtml(text)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = row.map((cell, i) => {
      const { text, mark } = typeof cell === "string" ? { text: cell } : cell;
      return `<td${classOf(i, mark)}>${escapeHtml(text)}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

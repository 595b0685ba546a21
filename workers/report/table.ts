import Table from "cli-table3";

/** How a column's cells stand; left if left out. */
export type Alignment = "left" | "right";

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly align?: Alignment;
}

/** A column of numbers. */
export function right(head: string): Column {
  return { head, align: "right" };
}

/** A cell; what is undefined shows as a dash. */
export type Cell = string | number | bigint | boolean | undefined;

/** A table as text, without colours, so that it reads the same in a file. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const out = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? "left"),
    style: { head: [], border: [] },
  });
  out.push(...rows.map((row) => row.map(shown)));
  return withoutRules(out.toString(), 1);
}

/** A table of two columns without a head: what, and how much. */
export function facts(rows: readonly (readonly [what: string, value: Cell])[]): string {
  const out = new Table({ style: { head: [], border: [] } });
  out.push(...rows.map(([what, value]) => [what, shown(value)]));
  return withoutRules(out.toString(), 0);
}

/** Keeps the first `kept` of the rules between rows: a rule under every row would double the length. */
function withoutRules(text: string, kept: number): string {
  let rules = 0;
  return text
    .split("\n")
    .filter((line) => !line.startsWith("├") || rules++ < kept)
    .join("\n");
}

function shown(cell: Cell): string {
  if (cell === undefined) return "-";
  return typeof cell === "boolean" ? (cell ? "yes" : "no") : String(cell);
}

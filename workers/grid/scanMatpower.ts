import { GridFileError } from "./errors.js";

/** One row of a matrix: its cells as written, and the line it starts on. */
export interface MatpowerRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** One assignment `mpc.NAME = …;`. A scalar has one row, and is no matrix. */
export interface MatpowerField {
  readonly line: number;
  readonly matrix: boolean;
  readonly rows: readonly MatpowerRow[];
}

/** The assignments of a MATPOWER file by name, the name of its function, and the number of its last line. */
export interface MatpowerText {
  readonly name: string;
  readonly fields: ReadonlyMap<string, MatpowerField>;
  readonly lastLine: number;
}

interface OpenMatrix {
  readonly name: string;
  readonly line: number;
  readonly close: "]" | "}";
  readonly rows: { line: number; cells: string[] }[];
}

/** What a case is read from: these must be given once, as plain numbers. */
const needed = new Set(["baseMVA", "bus", "gen", "branch"]);

/**
 * Splits a MATPOWER file into assignments: comments (`%`, `#`, `%{ … %}`), `...` continuations, `;` or a new line
 * as the end of a row, commas or blanks between cells. Other statements are skipped, except those that change the
 * matrices a case is read from: these are refused, for a file's computations are not carried out.
 *
 * @throws GridFileError for a matrix that does not end, a needed field given twice, or a computation on one.
 */
export function scanMatpower(text: string, file: string): MatpowerText {
  const fields = new Map<string, MatpowerField>();
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  while (lines.length > 1 && lines.at(-1)?.trim() === "") lines.pop();
  let name = "";
  let open: OpenMatrix | undefined;
  let row: string[] | undefined;
  let commentDepth = 0;

  const keep = (field: string, line: number, value: MatpowerField): void => {
    const first = fields.get(field)?.line;
    if (first !== undefined && needed.has(field))
      throw new GridFileError(
        file,
        line,
        `expected mpc.${field} once, found it again (first on line ${first})`,
      );
    fields.set(field, value);
  };

  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "%{" || trimmed === "#{") commentDepth++;
    const commented = commentDepth > 0;
    if (commented && (trimmed === "%}" || trimmed === "#}")) commentDepth--;
    if (commented) continue;
    const [content = "", continuation] = withoutComment(raw).split("...", 2);

    let rest = content;
    while (rest.trim() !== "") {
      if (open !== undefined) {
        const next = /^\s*(?:\w+\.)?([A-Za-z]\w*)\s*=(?!=)/.exec(rest)?.[1];
        if (next !== undefined) throw unterminated(file, line, open, `"${next} ="`);
        const end = rest.indexOf(open.close);
        for (const [piece, part] of rest
          .slice(0, end === -1 ? undefined : end)
          .split(";")
          .entries()) {
          if (piece > 0) row = undefined;
          const cells = part.split(/[\s,]+/).filter((cell) => cell !== "");
          if (cells.length === 0) continue;
          if (row === undefined) open.rows.push({ line, cells: (row = cells) });
          else row.push(...cells);
        }
        if (end === -1) break;
        row = undefined;
        const [after = ""] = rest.slice(end + 1).split(/[;,]/);
        if (after.trim() !== "" && needed.has(open.name)) throw computed(file, line, open.name, after);
        keep(open.name, open.line, { line: open.line, matrix: true, rows: open.rows });
        rest = rest.slice(end + after.length + 2);
        open = undefined;
        continue;
      }
      const start = /^\s*(?:\w+\.)?([A-Za-z]\w*)\s*=(?!=)\s*(\[|\{|)/.exec(rest);
      const [statement = ""] = rest.split(";");
      if (start !== null && start[2] !== "") {
        open = { name: start[1] ?? "", line, close: start[2] === "[" ? "]" : "}", rows: [] };
        rest = rest.slice(start[0].length);
        continue;
      }
      const target = /^[^=]*\.(baseMVA|bus|gen|branch)\b[^=]*=(?!=)/.exec(statement)?.[1];
      if (start !== null) {
        const value = statement.slice(start[0].length).trim();
        keep(start[1] ?? "", line, { line, matrix: false, rows: [{ line, cells: [value] }] });
      } else if (target === undefined) name ||= /^\s*function\b.*=\s*(\w+)/.exec(statement)?.[1] ?? "";
      else throw computed(file, line, target, statement);
      rest = rest.slice(statement.length + 1);
    }
    if (continuation === undefined) row = undefined;
  }
  if (open !== undefined) throw unterminated(file, lines.length, open, "the end of the file");
  return { name, fields, lastLine: lines.length };
}

/** The text of a line before its comment; a `%` or `#` inside quotes is text. */
function withoutComment(line: string): string {
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (character === "'") quoted = !quoted;
    else if (!quoted && (character === "%" || character === "#")) return line.slice(0, at);
  }
  return line;
}

function unterminated(file: string, line: number, open: OpenMatrix, found: string): GridFileError {
  const problem = `expected "${open.close}" to end mpc.${open.name} (opened on line ${open.line}), found ${found}`;
  return new GridFileError(file, line, problem);
}

function computed(file: string, line: number, field: string, found: string): GridFileError {
  return new GridFileError(
    file,
    line,
    `expected mpc.${field} as plain numbers, found the computation ${found.trim()}`,
  );
}

import { InvalidModelError } from "./errors.js";
import type { SparseRows } from "./types.js";

/**
 * The same matrix by columns: the result's row j is column j of `h`, its columns (ascending) are rows of `h`.
 *
 * @throws InvalidModelError when a column number is out of range or twice in one row.
 */
export function transpose(h: SparseRows): SparseRows {
  const start = new Int32Array(h.columns + 1);
  const entries = h.start[h.rows]!;
  for (let p = 0; p < entries; p++) {
    const j = h.column[p]!;
    if (!(j >= 0 && j < h.columns))
      throw new InvalidModelError(`entry ${p} is in column ${j}, of ${h.columns}`);
    start[j + 1]!++;
  }
  for (let j = 0; j < h.columns; j++) start[j + 1]! += start[j]!;
  const column = new Int32Array(entries);
  const value = new Float64Array(entries);
  const fill = start.slice(0, h.columns);
  for (let i = 0; i < h.rows; i++) {
    const end = h.start[i + 1]!;
    for (let p = h.start[i]!; p < end; p++) {
      const j = h.column[p]!;
      const at = fill[j]!++;
      if (at > start[j]! && column[at - 1] === i)
        throw new InvalidModelError(`row ${i} has column ${j} twice`);
      column[at] = i;
      value[at] = h.value[p]!;
    }
  }
  return { rows: h.columns, columns: h.rows, start, column, value };
}

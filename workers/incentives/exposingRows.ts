import type { Analysis } from "../estimation/analysis.js";
import { NotObservableError } from "../estimation/errors.js";
import { rotateRow } from "../estimation/rotateRow.js";
import type { CoalitionRows } from "./coalitionRows.js";

/** What is left of a row of unit length, once the rows before it are taken out, is rounding below this. */
const ROUNDING = 1e-9;

/**
 * The fewest of the coalition's own meters that others would have to own or double for no attack to be hidden any
 * more: with these rows those of the others have full rank. One row adds at most one to a rank, so that fewer than the
 * states that are hidden now never do; and independent rows can always be extended to a basis, so that as many do.
 *
 * @returns Rows of H, ascending; empty if nothing is hidden.
 * @throws NotObservableError when all rows together do not determine every state.
 */
export function exposingRows({ h, symbolic }: Analysis, rows: CoalitionRows): number[] {
  const { n, order, row } = symbolic;
  const values = new Float64Array(row.length);
  const work = new Float64Array(n);
  const found = new Uint8Array(n);
  let rank = 0;
  /** @returns whether the row is independent of those before it. */
  const add = (i: number): boolean => {
    let length = 0;
    let first = n;
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++) length = Math.hypot(length, h.value[p]!);
    for (let p = h.start[i]!; p < h.start[i + 1]!; p++) {
      const k = h.column[p]!;
      work[k] = h.value[p]! / length;
      if (k < first) first = k;
    }
    const position = first === n ? -1 : rotateRow(symbolic, values, work, first, ROUNDING);
    if (position === -1) return false;
    found[position] = 1;
    rank++;
    return true;
  };
  for (const i of rows.others) if (rank < n) add(i);
  const chosen = rows.own.filter((i) => rank < n && add(i));
  if (rank < n)
    throw new NotObservableError(
      Array.from(order)
        .filter((_, k) => found[k] === 0)
        .sort((a, b) => a - b),
    );
  return chosen;
}

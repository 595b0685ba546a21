import type { EliminationPattern } from "./eliminationPattern.js";

/**
 * Rotates one more row into R (Givens). The row climbs the elimination tree from its first state: at each state it is
 * rotated against that row of R, or becomes it if there is none yet.
 *
 * @param pattern of L: row k of R has the pattern of column k of L.
 * @param values R by rows, changed in place.
 * @param work the row, by position; all zero afterwards.
 * @param first its first position.
 * @param negligible where R has no row, an entry of at most this size counts as rounding and is dropped.
 * @returns the position at which it became a row of R; -1 if it depends on the rows before it.
 */
export function rotateRow(
  pattern: Pick<EliminationPattern, "columnStart" | "row">,
  values: Float64Array,
  work: Float64Array,
  first: number,
  negligible = 0,
): number {
  const { columnStart, row } = pattern;
  for (let k = first; k !== -1;) {
    const begin = columnStart[k]!;
    const end = columnStart[k + 1]!;
    const entering = work[k]!;
    const present = values[begin]!;
    if (present === 0 && Math.abs(entering) > negligible) {
      for (let p = begin; p < end; p++) {
        values[p] = work[row[p]!]!;
        work[row[p]!] = 0;
      }
      return k;
    }
    work[k] = 0;
    if (present !== 0 && entering !== 0) {
      const length = Math.hypot(present, entering);
      const c = present / length;
      const s = entering / length;
      values[begin] = length;
      for (let p = begin + 1; p < end; p++) {
        const r = values[p]!;
        const u = work[row[p]!]!;
        values[p] = c * r + s * u;
        work[row[p]!] = c * u - s * r;
      }
    }
    k = begin + 1 < end ? row[begin + 1]! : -1;
  }
  return -1;
}

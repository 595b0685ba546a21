import { eliminationPattern, type EliminationPattern } from "./eliminationPattern.js";
import type { SymmetricPattern } from "./order.js";

/** The pattern of L with a map for its numbers. Reused for every set of values. */
export interface Symbolic extends EliminationPattern {
  /**
   * The pair map. Rows i ≥ j below the pivot of a column k are a pair; eliminating k changes the entry (i, j),
   * which is in column j of L. For each column k, for each j, for each i ≥ j, in stored order: where that entry
   * is. Column k's pairs begin at `pairStart[k]`.
   */
  readonly pairStart: Int32Array;
  readonly pair: Int32Array;
}

/** The pattern of L in `PAPᵀ = LDLᵀ`, and the pair map of its columns. */
export function analyseSymbolic(pattern: SymmetricPattern, order: Int32Array): Symbolic {
  const elimination = eliminationPattern(pattern, order);
  const { n, columnStart, row } = elimination;
  const pairStart = new Int32Array(n + 1);
  for (let k = 0; k < n; k++) {
    const below = columnStart[k + 1]! - columnStart[k]! - 1;
    pairStart[k + 1] = pairStart[k]! + (below * (below + 1)) / 2;
  }
  return { ...elimination, pairStart, pair: mapPairs(columnStart, row, pairStart) };
}

/** Column j is spread over `place` once; each column k with an entry in row j then reads its pairs from there. */
function mapPairs(columnStart: Int32Array, row: Int32Array, pairStart: Int32Array): Int32Array {
  const n = columnStart.length - 1;
  const pair = new Int32Array(pairStart[n]!);
  const place = new Int32Array(n);
  /** Columns k whose next entry is in row j, as a chain from `first[j]`; `at[k]` is that entry. */
  const first = new Int32Array(n).fill(-1);
  const chain = new Int32Array(n);
  const at = new Int32Array(n);
  const out = pairStart.slice(0, n);
  for (let j = 0; j < n; j++) {
    const begin = columnStart[j]!;
    const end = columnStart[j + 1]!;
    for (let p = begin; p < end; p++) place[row[p]!] = p;
    let k = first[j]!;
    while (k !== -1) {
      const following = chain[k]!;
      const from = at[k]!;
      const to = columnStart[k + 1]!;
      let o = out[k]!;
      for (let q = from; q < to; q++) pair[o++] = place[row[q]!]!;
      out[k] = o;
      if (from + 1 < to) {
        at[k] = from + 1;
        const i = row[from + 1]!;
        chain[k] = first[i]!;
        first[i] = k;
      }
      k = following;
    }
    if (begin + 1 < end) {
      at[j] = begin + 1;
      const i = row[begin + 1]!;
      chain[j] = first[i]!;
      first[i] = j;
    }
  }
  return pair;
}

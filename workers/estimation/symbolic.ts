import type { SymmetricPattern } from "./order.js";

/** Where the nonzeros of L are, for one order of elimination. Reused for every set of values. */
export interface Symbolic {
  readonly n: number;
  /** `order[k]`: the matrix column that is eliminated as number k. */
  readonly order: Int32Array;
  /** The inverse: `position[order[k]] = k`. All row and column numbers below are positions. */
  readonly position: Int32Array;
  /** Column k of L holds entries `columnStart[k] .. columnStart[k + 1] - 1`: the pivot, then rows ascending. */
  readonly columnStart: Int32Array;
  readonly row: Int32Array;
  /**
   * The pair map. Rows i ≥ j below the pivot of a column k are a pair; eliminating k changes the entry (i, j),
   * which is in column j of L. For each column k, for each j, for each i ≥ j, in stored order: where that entry
   * is. Column k's pairs begin at `pairStart[k]`.
   */
  readonly pairStart: Int32Array;
  readonly pair: Int32Array;
}

/**
 * The pattern of L in `PAPᵀ = LDLᵀ`. Row i of L holds every k on the paths in the elimination tree from the
 * nonzeros of row i of A up to i (Liu 1990; Davis, "Direct Methods for Sparse Linear Systems", section 4.8).
 */
export function analyseSymbolic(pattern: SymmetricPattern, order: Int32Array): Symbolic {
  const n = pattern.n;
  const position = new Int32Array(n);
  for (let k = 0; k < n; k++) position[order[k]!] = k;

  const parent = new Int32Array(n).fill(-1);
  const visited = new Int32Array(n).fill(-1);
  const columnStart = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    visited[i] = i;
    columnStart[i + 1]!++;
    const end = pattern.start[order[i]! + 1]!;
    for (let p = pattern.start[order[i]!]!; p < end; p++) {
      let k = position[pattern.index[p]!]!;
      if (k > i) continue;
      for (; visited[k] !== i; k = parent[k]!) {
        if (parent[k] === -1) parent[k] = i;
        columnStart[k + 1]!++;
        visited[k] = i;
      }
    }
  }
  const pairStart = new Int32Array(n + 1);
  for (let k = 0; k < n; k++) {
    const below = columnStart[k + 1]! - 1;
    pairStart[k + 1] = pairStart[k]! + (below * (below + 1)) / 2;
    columnStart[k + 1]! += columnStart[k]!;
  }

  const row = new Int32Array(columnStart[n]!);
  const fill = columnStart.slice(0, n);
  visited.fill(-1);
  for (let i = 0; i < n; i++) {
    visited[i] = i;
    row[fill[i]!++] = i;
    const end = pattern.start[order[i]! + 1]!;
    for (let p = pattern.start[order[i]!]!; p < end; p++) {
      let k = position[pattern.index[p]!]!;
      if (k > i) continue;
      for (; visited[k] !== i; k = parent[k]!) {
        row[fill[k]!++] = i;
        visited[k] = i;
      }
    }
  }
  return { n, order, position, columnStart, row, pairStart, pair: mapPairs(columnStart, row, pairStart) };
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

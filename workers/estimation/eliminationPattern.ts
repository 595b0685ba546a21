import type { SymmetricPattern } from "./order.js";

/** Where the nonzeros of L are, for one order of elimination. */
export interface EliminationPattern {
  readonly n: number;
  /** `order[k]`: the matrix column that is eliminated as number k. */
  readonly order: Int32Array;
  /** The inverse: `position[order[k]] = k`. All row and column numbers below are positions. */
  readonly position: Int32Array;
  /** Column k of L holds entries `columnStart[k] .. columnStart[k + 1] - 1`: the pivot, then rows ascending. */
  readonly columnStart: Int32Array;
  readonly row: Int32Array;
}

/**
 * The pattern of L in `PAPᵀ = LDLᵀ`. Row i of L holds every k on the paths in the elimination tree from the
 * nonzeros of row i of A up to i (Liu 1990; Davis, "Direct Methods for Sparse Linear Systems", section 4.8).
 */
export function eliminationPattern(pattern: SymmetricPattern, order: Int32Array): EliminationPattern {
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
  for (let k = 0; k < n; k++) columnStart[k + 1]! += columnStart[k]!;

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
  return { n, order, position, columnStart, row };
}

import type { SymmetricPattern } from "./order.js";
import type { SparseRows } from "./types.js";

/**
 * The pattern of `HᵀH`: columns a and b meet where a row of H holds both.
 *
 * @param ht the transpose of `h`.
 */
export function gramPattern(h: SparseRows, ht: SparseRows): SymmetricPattern {
  const n = h.columns;
  const start = new Int32Array(n + 1);
  let bound = 0;
  for (let i = 0; i < h.rows; i++) {
    const size = h.start[i + 1]! - h.start[i]!;
    bound += size * (size - 1);
  }
  const index = new Int32Array(bound);
  const seen = new Int32Array(n).fill(-1);
  let out = 0;
  for (let a = 0; a < n; a++) {
    seen[a] = a;
    const end = ht.start[a + 1]!;
    for (let p = ht.start[a]!; p < end; p++) {
      const i = ht.column[p]!;
      const rowEnd = h.start[i + 1]!;
      for (let q = h.start[i]!; q < rowEnd; q++) {
        const b = h.column[q]!;
        if (seen[b] === a) continue;
        seen[b] = a;
        index[out++] = b;
      }
    }
    start[a + 1] = out;
  }
  return { n, start, index: index.subarray(0, out) };
}

import { gainTerms, type GainTerms } from "./gainTerms.js";
import { gramPattern } from "./gramPattern.js";
import { minimumDegreeOrder } from "./order.js";
import { analyseSymbolic, type Symbolic } from "./symbolic.js";
import { transpose } from "./transpose.js";
import type { SparseRows } from "./types.js";

/** All that depends on H alone: done once per grid version, reused for every set of weights. */
export interface Analysis {
  /** H with its columns numbered by position in the order of elimination. */
  readonly h: SparseRows;
  readonly symbolic: Symbolic;
  readonly terms: GainTerms;
  /** Entries of H, of the lower triangle of G, and of L, diagonals included. */
  readonly nonzeros: { readonly h: number; readonly g: number; readonly l: number };
}

/** @throws InvalidModelError when a column number is out of range or twice in one row. */
export function analyze(h: SparseRows): Analysis {
  const ht = transpose(h);
  const pattern = gramPattern(h, ht);
  const symbolic = analyseSymbolic(pattern, minimumDegreeOrder(pattern));
  const entries = h.start[h.rows]!;
  const column = new Int32Array(entries);
  for (let p = 0; p < entries; p++) column[p] = symbolic.position[h.column[p]!]!;
  const permuted = { ...h, column };
  return {
    h: permuted,
    symbolic,
    terms: gainTerms(permuted, ht, symbolic),
    nonzeros: { h: entries, g: h.columns + pattern.index.length / 2, l: symbolic.row.length },
  };
}

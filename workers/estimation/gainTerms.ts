import type { Symbolic } from "./symbolic.js";
import type { SparseRows } from "./types.js";

/**
 * The gain matrix `G = HᵀWH` as a flat list of terms `w[row]·h_a·h_b` and, for each, the place in L's pattern where
 * it is added. The same list reads `h_i Z h_iᵀ` off a symmetric Z that is known on that pattern: the columns of a row
 * of H are a clique of G, so no entry outside is needed.
 */
export interface GainTerms {
  /** `h_a²`, one per nonzero of H. */
  readonly squareRow: Int32Array;
  readonly squareTarget: Int32Array;
  readonly squareFactor: Float64Array;
  /** `h_a·h_b`, one per pair of nonzeros of a row of H. */
  readonly productRow: Int32Array;
  readonly productTarget: Int32Array;
  readonly productFactor: Float64Array;
}

/**
 * @param h with its columns numbered by position.
 * @param ht the transpose, its rows numbered as in the model.
 */
export function gainTerms(h: SparseRows, ht: SparseRows, symbolic: Symbolic): GainTerms {
  const { n, order, columnStart, row } = symbolic;
  let pairs = 0;
  for (let i = 0; i < h.rows; i++) {
    const size = h.start[i + 1]! - h.start[i]!;
    pairs += (size * (size - 1)) / 2;
  }
  const entries = h.start[h.rows]!;
  const squareRow = new Int32Array(entries);
  const squareTarget = new Int32Array(entries);
  const squareFactor = new Float64Array(entries);
  const productRow = new Int32Array(pairs);
  const productTarget = new Int32Array(pairs);
  const productFactor = new Float64Array(pairs);
  const place = new Int32Array(n);
  let squares = 0;
  let products = 0;
  for (let j = 0; j < n; j++) {
    const columnEnd = columnStart[j + 1]!;
    for (let p = columnStart[j]!; p < columnEnd; p++) place[row[p]!] = p;
    const a = order[j]!;
    const end = ht.start[a + 1]!;
    for (let p = ht.start[a]!; p < end; p++) {
      const i = ht.column[p]!;
      const v = ht.value[p]!;
      squareRow[squares] = i;
      squareTarget[squares] = columnStart[j]!;
      squareFactor[squares++] = v * v;
      const rowEnd = h.start[i + 1]!;
      for (let q = h.start[i]!; q < rowEnd; q++) {
        const b = h.column[q]!;
        if (b <= j) continue;
        productRow[products] = i;
        productTarget[products] = place[b]!;
        productFactor[products++] = v * h.value[q]!;
      }
    }
  }
  return { squareRow, squareTarget, squareFactor, productRow, productTarget, productFactor };
}

/** Writes the lower triangle of the permuted `HᵀWH` over `values`, on the pattern of L. */
export function assembleGain(terms: GainTerms, weight: Float64Array, values: Float64Array): void {
  const { squareRow, squareTarget, squareFactor, productRow, productTarget, productFactor } = terms;
  values.fill(0);
  for (let t = 0; t < squareRow.length; t++) {
    values[squareTarget[t]!]! += weight[squareRow[t]!]! * squareFactor[t]!;
  }
  for (let t = 0; t < productRow.length; t++) {
    values[productTarget[t]!]! += weight[productRow[t]!]! * productFactor[t]!;
  }
}

/**
 * `h_i Z h_iᵀ` for every row i.
 *
 * @param inverse Z on the pattern of L.
 * @param quadratic out: one per row of H.
 */
export function rowQuadraticForms(terms: GainTerms, inverse: Float64Array, quadratic: Float64Array): void {
  const { squareRow, squareTarget, squareFactor, productRow, productTarget, productFactor } = terms;
  quadratic.fill(0);
  for (let t = 0; t < productRow.length; t++) {
    quadratic[productRow[t]!]! += 2 * productFactor[t]! * inverse[productTarget[t]!]!;
  }
  for (let t = 0; t < squareRow.length; t++) {
    quadratic[squareRow[t]!]! += squareFactor[t]! * inverse[squareTarget[t]!]!;
  }
}

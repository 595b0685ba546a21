import type { Symbolic } from "./symbolic.js";

/**
 * The entries of `Z = (LDLᵀ)⁻¹` on the pattern of L (Takahashi, Fagan, Chin 1973; Erisman, Tinney 1975).
 *
 * From `Z = D⁻¹L⁻¹ + (I - Lᵀ)Z`, for column j with rows S below the pivot and i ∈ S, from the last column to the first:
 *
 *     Z[i,j] = -Σ_{q∈S} L[q,j]·Z[i,q]        Z[j,j] = 1/D[j] - Σ_{q∈S} L[q,j]·Z[q,j]
 *
 * Each Z[i,q] needed is the entry of a pair of rows of column j, so the pair map finds it; read once, it serves both
 * Z[i,j] and Z[q,j].
 *
 * @param inverse out: Z on the pattern of L, its diagonal at the pivots.
 */
export function selectedInverse(
  symbolic: Symbolic,
  values: Float64Array,
  inversePivot: Float64Array,
  inverse: Float64Array,
): void {
  const { n, columnStart, pairStart, pair } = symbolic;
  for (let j = n - 1, end = columnStart[n]!; j >= 0; j--) {
    const begin = columnStart[j]!;
    for (let p = begin + 1; p < end; p++) inverse[p] = 0;
    let m = pairStart[j]!;
    let diagonal = inversePivot[j]!;
    for (let p = begin + 1; p < end; p++) {
      const l = values[p]!;
      let sum = inverse[p]! + l * inverse[pair[m++]!]!;
      for (let q = p + 1; q < end; q++) {
        const z = inverse[pair[m++]!]!;
        sum += values[q]! * z;
        inverse[q]! += l * z;
      }
      inverse[p] = -sum;
      diagonal += l * sum;
    }
    inverse[begin] = diagonal;
    end = begin;
  }
}

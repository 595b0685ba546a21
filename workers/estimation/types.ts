/** A sparse matrix by rows, in typed arrays: row i holds entries `start[i] .. start[i + 1] - 1`. */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

/**
 * A linear measurement model `z + offset = Hθ + e` with independent errors of variance `1/weight`.
 * One row per meter, virtual rows (zero injections) included; one column per state, in radians.
 */
export interface LinearModel {
  readonly h: SparseRows;
  /** One per row, positive: 1/σ². */
  readonly weight: Float64Array;
  /** One per row: the constant of phase shifters, so that the residual is `z + offset - Hθ`. */
  readonly offset: Float64Array;
}

/** An entry of a column of a factor: `L_ij` and the coefficient of `s_i s_j` in `sᵀEs`. */
export interface FactorEntry {
  /** i: a tree record. */
  readonly row: number;
  readonly factor: bigint;
  readonly error: bigint;
}

/**
 * A factor of a version's gain matrix in its integers, `2^scaleDigits G = L Lᵀ + E + shift·I`, E symmetric and small
 * (`contracts/grid/libraries/FactorCheck.sol`).
 */
export interface IntegerFactor {
  readonly scaleDigits: number;
  readonly shift: bigint;
  /** By column, ascending; the first entry of each is on the diagonal, rows ascend. */
  readonly columns: readonly (readonly FactorEntry[])[];
}

/** A factor as the chain takes it. */
export interface PackedFactor {
  readonly scaleDigits: number;
  readonly shift: bigint;
  readonly parts: readonly Uint8Array[];
}

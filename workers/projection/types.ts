/** A line in the integers of the chain; its ends are bus positions, of which those from `states` on are references. */
export interface ProjectionLine {
  readonly from: number;
  readonly to: number;
  /** b, counts per angle unit, below 2³⁹ in size. */
  readonly susceptance: number;
}

/** A row of H: a meter, or a bus that is known to inject nothing. */
export interface ProjectionRow {
  /** Position in `METER_KINDS`. */
  readonly kind: number;
  /** Position of the bus or line. */
  readonly place: number;
  /** 1/σ² times 2^weightDigits, σ in counts; below 2³². */
  readonly weight: number;
  /** Seat of the owner; 0 for a zero injection. */
  readonly seat: number;
}

/** All that H and W are made of, in whole numbers (paper 003, Appendix A). */
export interface ProjectionTopology {
  readonly buses: number;
  /** n: the buses before this position have a column, the references come last. */
  readonly states: number;
  readonly lines: readonly ProjectionLine[];
  /** Meters first, then zero injections. */
  readonly rows: readonly ProjectionRow[];
  readonly meters: number;
  readonly weightDigits: number;
  /** kW that a count of a power value stands for. */
  readonly powerUnitKw: number;
}

/** H by rows, whole numbers. Terms of a column may repeat: they add up. */
export interface ProjectionRows {
  readonly states: number;
  readonly terms: readonly (readonly { readonly column: number; readonly coefficient: number }[])[];
  readonly weight: readonly number[];
}

/** A and P in fixed point, row by row. */
export interface ProjectionMatrices {
  readonly states: number;
  readonly rows: number;
  /** a: `inverse` is A = G⁻¹ times 2^a, each entry below 2¹²⁷ in size. */
  readonly inverseDigits: number;
  readonly inverse: readonly bigint[];
  /** k: `projection` is P times 2^k, each entry below 2⁶³ in size. */
  readonly projectionDigits: number;
  readonly projection: readonly bigint[];
}

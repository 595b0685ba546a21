import type { Analysis } from "./analysis.js";
import { assembleGain, rowQuadraticForms } from "./gainTerms.js";
import { factorizeNumeric, solveFactored } from "./numeric.js";
import { selectedInverse } from "./selectedInverse.js";

/**
 * `G = HᵀWH = LDLᵀ` for one set of weights, in buffers that are reused. Vectors over states are by position in the
 * order of elimination, as `analysis.h` numbers its columns.
 */
export class GainFactor {
  /** D on the diagonal, L below, on the pattern of L. */
  readonly values: Float64Array;
  readonly inversePivot: Float64Array;
  /** The diagonal of G, to which a pivot is compared. */
  readonly scale: Float64Array;
  /** Positions of the pivots that were zero: `zeroPivots[0 .. zeroCount - 1]`. */
  readonly zeroPivots: Int32Array;
  zeroCount = 0;
  readonly #inverse: Float64Array;

  constructor(readonly analysis: Analysis) {
    const { n, row } = analysis.symbolic;
    this.values = new Float64Array(row.length);
    this.inversePivot = new Float64Array(n);
    this.scale = new Float64Array(n);
    this.zeroPivots = new Int32Array(n);
    this.#inverse = new Float64Array(row.length);
  }

  /**
   * @param weight one per row of H; 0 leaves the row out.
   * @param tolerance a pivot d is zero when |d| ≤ tolerance·G[k,k].
   */
  factor(weight: Float64Array, tolerance: number): void {
    const { symbolic, terms } = this.analysis;
    const { scale, values } = this;
    assembleGain(terms, weight, values);
    for (let k = 0; k < symbolic.n; k++) scale[k] = values[symbolic.columnStart[k]!]!;
    this.zeroCount = factorizeNumeric(symbolic, values, this.inversePivot, scale, tolerance, this.zeroPivots);
  }

  /** Solves `Gx = b` in place. */
  solve(x: Float64Array): void {
    solveFactored(this.analysis.symbolic, this.values, this.inversePivot, x);
  }

  /** `h_i G⁻¹ h_iᵀ` for every row i, into `quadratic`. */
  rowVariances(quadratic: Float64Array): void {
    selectedInverse(this.analysis.symbolic, this.values, this.inversePivot, this.#inverse);
    rowQuadraticForms(this.analysis.terms, this.#inverse, quadratic);
  }
}

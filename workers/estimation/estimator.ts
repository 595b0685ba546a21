import { analyze, type Analysis } from "./analysis.js";
import {
  IllConditionedError,
  InvalidMeasurementError,
  InvalidModelError,
  NotObservableError,
} from "./errors.js";
import { GainFactor } from "./gainFactor.js";
import { observability } from "./observability.js";
import { rowRedundancies } from "./redundancy.js";
import { reproducesAngles } from "./reproducesAngles.js";
import { residualsAndGradient, residualsAndObjective, weightedGradient } from "./residuals.js";
import type { LinearModel } from "./types.js";

/** The weighted least-squares estimate of one set of measurements. */
export interface Estimate {
  /** θ̂, radians, one per column of H. */
  readonly theta: Float64Array;
  /** `z + offset - Hθ̂`, one per row; 0 at rows left out. */
  readonly residual: Float64Array;
  /** J = Σ w r² over the rows in use, virtual rows included. */
  objective: number;
}

/** Residuals in units of their own standard deviation. */
export interface NormalisedResiduals {
  /** |r_i| / √Ω_ii, one per row; 0 at critical rows and at rows left out. */
  readonly value: Float64Array;
  /** S_ii = w_i Ω_ii, between 0 and 1, one per row: a gross error at row i alone is r_i / S_ii. */
  readonly redundancy: Float64Array;
  /** Rows whose residual is always zero, so that an error in them cannot be seen; ascending. */
  critical: readonly number[];
}

/** A pivot below this part of its diagonal entry is lost to rounding. */
const LOST_PIVOT = 1e-14;
/** A step of refinement below this part of θ̂ is the last. */
const REFINED = 1e-8;
const MOST_REFINEMENTS = 10;

/**
 * A measurement model ready to estimate. The order of elimination and all index maps are made once; `refactor` takes
 * new weights or missing rows; `estimate` and `normalisedResiduals` use the last factor. Buffers are reused: with
 * `into` given, neither allocates.
 */
export class Estimator {
  readonly analysis: Analysis;
  /** Weights of the last factor, 0 at rows left out. */
  readonly #weight: Float64Array;
  readonly #factor: GainFactor;
  readonly #measured: Float64Array;
  readonly #angle: Float64Array;
  readonly #step: Float64Array;
  #rowsInUse = 0;
  /** Found once, so that later factors of all rows need not look again. */
  #allRowsObserve = false;

  /**
   * Factors the model with its own weights and all rows.
   *
   * @throws InvalidModelError, and what `refactor` throws.
   */
  constructor(readonly model: LinearModel) {
    const { rows, columns } = model.h;
    if (model.offset.length !== rows)
      throw new InvalidModelError(`${model.offset.length} offsets for ${rows} rows`);
    this.analysis = analyze(model.h);
    this.#factor = new GainFactor(this.analysis);
    this.#weight = new Float64Array(rows);
    this.#measured = new Float64Array(rows);
    this.#angle = new Float64Array(columns);
    this.#step = new Float64Array(columns);
    this.refactor();
  }

  /** Rows in use less states: the degrees of freedom of J. */
  get degreesOfFreedom(): number {
    return this.#rowsInUse - this.model.h.columns;
  }

  /**
   * Factors G anew on the same pattern.
   *
   * @param weight one per row, positive: 1/σ².
   * @param inUse one per row, 0 where the row is missing; all rows if left out.
   * @throws InvalidModelError on a weight that is not positive and finite.
   * @throws NotObservableError when the rows in use do not determine every state. The estimator is then without a
   *   factor until `refactor` succeeds.
   * @throws IllConditionedError when rounding in G hides what H would determine.
   */
  refactor(weight: Float64Array = this.model.weight, inUse?: ArrayLike<number>): void {
    const rows = this.model.h.rows;
    if (weight.length !== rows) throw new InvalidModelError(`${weight.length} weights for ${rows} rows`);
    if (inUse !== undefined && inUse.length !== rows)
      throw new InvalidModelError(`${inUse.length} marks for ${rows} rows`);
    this.#rowsInUse = 0;
    let count = 0;
    for (let i = 0; i < rows; i++) {
      const w = weight[i]!;
      if (!(w > 0 && w < Infinity)) throw new InvalidModelError(`weight ${w} of row ${i} is not positive`);
      const used = inUse === undefined || inUse[i] !== 0;
      this.#weight[i] = used ? w : 0;
      if (used) count++;
    }
    this.#factor.factor(this.#weight, LOST_PIVOT);
    this.#checkRank(inUse);
    if (inUse === undefined) this.#allRowsObserve = true;
    this.#rowsInUse = count;
  }

  #checkRank(inUse?: ArrayLike<number>): void {
    const { zeroPivots, zeroCount, inversePivot } = this.#factor;
    const { order } = this.analysis.symbolic;
    const lost = Array.from(zeroPivots.subarray(0, zeroCount));
    for (let k = 0; k < inversePivot.length; k++) if (!(inversePivot[k]! > 0)) lost.push(k);
    if (lost.length === 0) {
      if (inUse === undefined && this.#allRowsObserve) return;
      if (reproducesAngles(this.#factor, this.#weight)) return;
    }
    const { unobservableStates } = observability(this.analysis, inUse);
    if (unobservableStates.length > 0) throw new NotObservableError(unobservableStates);
    if (lost.length > 0) throw new IllConditionedError(lost.map((k) => order[k]!).sort((x, y) => x - y));
  }

  /**
   * Weighted least squares: θ̂ = G⁻¹HᵀW(z + offset), then iterative refinement with the residuals' own gradient HᵀWr,
   * which takes it down to the rounding of r itself. One step does unless weights are far apart.
   *
   * @param z one per row, in the row's unit; virtual rows 0; any value at rows left out.
   * @param into overwritten and returned, if given.
   * @throws InvalidMeasurementError when a value in use is not finite.
   */
  estimate(z: Float64Array, into: Estimate = this.newEstimate()): Estimate {
    const { h, symbolic } = this.analysis;
    const y = this.#measured;
    const x = this.#angle;
    const step = this.#step;
    const weight = this.#weight;
    const offset = this.model.offset;
    this.#requireFactor();
    for (let i = 0; i < h.rows; i++) y[i] = weight[i] === 0 ? 0 : z[i]! + offset[i]!;
    weightedGradient(h, weight, y, step);
    this.#factor.solve(step);
    x.set(step);
    for (let pass = 0; pass < MOST_REFINEMENTS; pass++) {
      residualsAndGradient(h, weight, y, x, into.residual, step);
      this.#factor.solve(step);
      let moved = 0;
      let size = 0;
      for (let k = 0; k < x.length; k++) {
        const d = step[k]!;
        const v = x[k]! + d;
        x[k] = v;
        moved = Math.max(moved, Math.abs(d));
        size = Math.max(size, Math.abs(v));
      }
      // The next step would be as much smaller than this one as this one is than x.
      if (!(moved > REFINED * size)) break;
    }
    into.objective = residualsAndObjective(h, weight, y, x, into.residual);
    if (!Number.isFinite(into.objective)) this.#refuse(z);
    for (let k = 0; k < x.length; k++) into.theta[symbolic.order[k]!] = x[k]!;
    return into;
  }

  /**
   * Normalised residuals of all rows, from the selected inverse of G.
   *
   * @param residual of an estimate with the present factor.
   */
  normalisedResiduals(
    residual: Float64Array,
    into: NormalisedResiduals = this.newNormalisedResiduals(),
  ): NormalisedResiduals {
    this.#requireFactor();
    const weight = this.#weight;
    const { value, redundancy } = into;
    into.critical = rowRedundancies(this.#factor, weight, redundancy);
    for (let i = 0; i < value.length; i++) {
      const s = redundancy[i]!;
      value[i] = s > 0 ? Math.abs(residual[i]!) * Math.sqrt(weight[i]! / s) : 0;
    }
    return into;
  }

  /** Room for `estimate`. */
  newEstimate(): Estimate {
    const { rows, columns } = this.model.h;
    return { theta: new Float64Array(columns), residual: new Float64Array(rows), objective: 0 };
  }

  /** Room for `normalisedResiduals`. */
  newNormalisedResiduals(): NormalisedResiduals {
    const rows = this.model.h.rows;
    return { value: new Float64Array(rows), redundancy: new Float64Array(rows), critical: [] };
  }

  #requireFactor(): void {
    if (this.#rowsInUse === 0 && this.model.h.columns > 0)
      throw new InvalidModelError("the last refactor failed: there is nothing to estimate with");
  }

  #refuse(z: Float64Array): never {
    for (let i = 0; i < this.model.h.rows; i++) {
      if (this.#weight[i] !== 0 && !Number.isFinite(z[i]!)) throw new InvalidMeasurementError(i, z[i]!);
    }
    throw new InvalidMeasurementError(-1, NaN);
  }
}

import type { Estimator } from "../estimation/estimator.js";
import { estimateWithMissing } from "../estimation/estimateWithMissing.js";
import { wilsonHilferty } from "../estimation/wilsonHilferty.js";
import { METER_KINDS, MISSING_VALUE, PMU_DIGITS } from "../grid/version/constants.js";
import type { VersionRecords } from "../grid/version/types.js";

/** The estimate of a slot. By meter, kW (PMU: radians); NaN where there is no such value. */
export interface SlotEstimate {
  readonly measured: Float64Array;
  /** What the angles give for the meter; where its value was missing, this fills the gap. */
  readonly estimated: Float64Array;
  /** measured - estimated. */
  readonly residual: Float64Array;
  /** In units of its own standard deviation; NaN at critical meters, whose residual is always zero. */
  readonly normalised: Float64Array;
  /** J of the rows that reported, virtual ones included. */
  readonly objective: number;
  /** τ for those rows, as the ledger computes it; 0 without redundancy. */
  readonly threshold: number;
  /** θ̂ in the version's gauge, radians, one per tree record without the roots. */
  readonly theta: Float64Array;
}

/** A slot's estimate, or the buses that its values leave open. */
export type SlotEstimateResult =
  | { readonly observable: true; readonly estimate: SlotEstimate }
  | { readonly observable: false; readonly unobservableBuses: readonly number[] };

/**
 * Estimates a slot from the values that were reported, and fills the gaps.
 *
 * @param estimator Of the version; left with the factor of the rows that reported.
 * @param counts By meter, `MISSING_VALUE` where missing.
 * @param normalQuantile Of the false alarm rate that the members agreed on.
 */
export function estimateSlot(
  records: VersionRecords,
  estimator: Estimator,
  counts: Int32Array,
  normalQuantile: number,
): SlotEstimateResult {
  const { meters, roots } = records.geometry;
  const rows = estimator.model.h.rows;
  const z = new Float64Array(rows);
  const reported = new Uint8Array(rows).fill(1);
  for (let i = 0; i < meters; i++) {
    if (counts[i] === MISSING_VALUE) reported[i] = 0;
    else z[i] = counts[i]!;
  }
  const partial = estimateWithMissing(estimator, z, reported);
  if (!partial.observable) {
    return {
      observable: false,
      unobservableBuses: partial.unobservableStates.map((state) => records.tree[state + roots]!.bus),
    };
  }
  const { estimate, degreesOfFreedom } = partial;
  const { value, critical } = estimator.normalisedResiduals(estimate.residual);
  const isCritical = new Set(critical);
  const [measured, estimated, residual, normalised] = Array.from({ length: 4 }, () =>
    new Float64Array(meters).fill(NaN),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < meters; i++) {
    const unit = unitOfCount(records, i);
    if (reported[i] === 0) {
      estimated[i] = partial.filled[i]! * unit;
      continue;
    }
    measured[i] = z[i]! * unit;
    residual[i] = estimate.residual[i]! * unit;
    estimated[i] = measured[i]! - residual[i]!;
    if (!isCritical.has(i)) normalised[i] = value[i]!;
  }
  return {
    observable: true,
    estimate: {
      measured,
      estimated,
      residual,
      normalised,
      objective: estimate.objective,
      threshold: degreesOfFreedom > 0 ? wilsonHilferty(degreesOfFreedom, normalQuantile) : 0,
      theta: estimate.theta,
    },
  };
}

/** kW, for a PMU radians, in one count of a meter's values. */
export function unitOfCount(records: VersionRecords, meter: number): number {
  const isPmu = METER_KINDS[records.directory[meter]!.kind] === "pmu";
  return isPmu ? 2 ** -PMU_DIGITS : records.geometry.powerUnitKw;
}

/** The meter with the largest normalised residual: the one to suspect first. Undefined if no meter has one. */
export function largestResidual(
  normalised: Float64Array,
): { readonly meter: number; readonly normalisedResidual: number } | undefined {
  let best = -1;
  for (const [i, value] of normalised.entries()) {
    if (!Number.isNaN(value) && (best < 0 || value > normalised[best]!)) best = i;
  }
  return best < 0 ? undefined : { meter: best, normalisedResidual: normalised[best]! };
}

import { estimateWithMissing } from "../estimation/estimateWithMissing.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import { wilsonHilferty } from "../estimation/wilsonHilferty.js";
import type { StoredEstimate } from "../store/estimates.js";
import type { SlotData } from "./fetchSlot.js";
import { unitOfCount, type VersionModel } from "./versionModel.js";

/** The estimate of a slot, in the units of the store. */
export interface SlotEstimate extends Omit<StoredEstimate, "slot" | "version" | "at"> {
  /** The estimator's θ; undefined if what was reported does not determine it. */
  readonly theta: Float64Array | undefined;
}

/**
 * Estimates a slot from the values that were reported, and fills the gaps. J and τ are those of the reported rows, τ
 * as the contract computes it.
 *
 * @param normalQuantile of the false alarm rate that the members agreed on.
 */
export function estimateSlot(model: VersionModel, data: SlotData, normalQuantile: number): SlotEstimate {
  const { meters, powerUnitKw, estimator } = model;
  const rows = estimator.model.h.rows;
  const z = new Float64Array(rows);
  const reported = new Uint8Array(rows).fill(1);
  const measured = new Float64Array(meters.length);
  const filled = new Uint8Array(meters.length);
  for (const [i, meter] of meters.entries()) {
    const counts = data.counts[i]!;
    const missing = counts === MISSING_VALUE;
    z[i] = missing ? 0 : counts;
    reported[i] = missing ? 0 : 1;
    measured[i] = missing ? NaN : counts * unitOfCount(meter, powerUnitKw);
  }
  const partial = estimateWithMissing(estimator, z, reported);
  const estimated = new Float64Array(meters.length).fill(NaN);
  const normalised = new Float64Array(meters.length).fill(NaN);
  if (!partial.observable) {
    const none = {
      objective: undefined,
      threshold: undefined,
      theta: undefined,
      angles: new Float64Array(0),
    };
    return { ...none, missing: data.missing, measured, estimated, normalised, filled };
  }
  const { estimate, degreesOfFreedom } = partial;
  const residuals = estimator.normalisedResiduals(estimate.residual);
  const critical = new Set(residuals.critical);
  for (const [i, meter] of meters.entries()) {
    const unit = unitOfCount(meter, powerUnitKw);
    if (reported[i] === 0) {
      estimated[i] = partial.filled[i]! * unit;
      filled[i] = 1;
    } else {
      estimated[i] = (z[i]! - estimate.residual[i]!) * unit;
      if (!critical.has(i)) normalised[i] = residuals.value[i]!;
    }
  }
  return {
    objective: estimate.objective,
    threshold: degreesOfFreedom > 0 ? wilsonHilferty(degreesOfFreedom, normalQuantile) : 0,
    missing: data.missing,
    measured,
    estimated,
    normalised,
    filled,
    angles: model.busAngles(estimate.theta),
    theta: estimate.theta,
  };
}

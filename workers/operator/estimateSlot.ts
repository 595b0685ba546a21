import { MISSING_VALUE } from "../grid/version/constants.js";
import { estimateSlot as slotEstimate, unitOfCount } from "../measurement/estimateSlot.js";
import type { StoredEstimate } from "../store/estimates.js";
import type { SlotData } from "./fetchSlot.js";
import type { VersionModel } from "./versionModel.js";

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
  const { records, estimator, meters } = model;
  const { missing, counts } = data;
  const result = slotEstimate(records, estimator, counts, normalQuantile);
  const filled = Uint8Array.from(counts, (count) => Number(result.observable && count === MISSING_VALUE));
  if (!result.observable) {
    const none = (): Float64Array => new Float64Array(meters.length).fill(NaN);
    return {
      objective: undefined,
      threshold: undefined,
      missing,
      measured: Float64Array.from(counts, (count, i) =>
        count === MISSING_VALUE ? NaN : count * unitOfCount(records, i),
      ),
      estimated: none(),
      normalised: none(),
      filled,
      angles: new Float64Array(0),
      theta: undefined,
    };
  }
  const { objective, threshold, measured, estimated, normalised, theta } = result.estimate;
  const angles = model.busAngles(theta);
  return { objective, threshold, missing, measured, estimated, normalised, filled, angles, theta };
}

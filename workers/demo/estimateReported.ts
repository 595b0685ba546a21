import { estimateWithMissing } from "../estimation/estimateWithMissing.js";
import { wilsonHilferty } from "../estimation/wilsonHilferty.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import { rowValues } from "../measurement/versionEstimator.js";
import { findSuspects } from "./findSuspects.js";
import type { DemoGrid, Suspect } from "./types.js";

/** What a worker makes of a slot's values. Where the meters that reported leave a bus open, there is no estimate. */
export interface WorkerEstimate {
  /** θ̂, radians, by column. */
  readonly theta: Float64Array | undefined;
  readonly objective: number | undefined;
  /** τ for the rows that reported, as the contract computes it. */
  readonly threshold: number | undefined;
  /** By meter, kW: what the estimate puts in place of a missing value; undefined where the meter reported. */
  readonly filledKw: ReadonlyMap<number, number>;
  /** Only if J is above τ. */
  readonly suspects: readonly Suspect[];
  /** By meter; 0 where the meter is missing or critical. */
  readonly normalisedResiduals: Float64Array;
}

/**
 * Estimates from the values that were reported, fills the gaps, and looks for suspects if J is above τ.
 *
 * @param values By meter, counts; `MISSING_VALUE` where one is missing.
 */
export function estimateReported(
  demoGrid: DemoGrid,
  values: readonly number[],
  normalQuantile: number,
): WorkerEstimate {
  const { estimator, records, meters } = demoGrid;
  const z = rowValues(records, values);
  const reported = new Uint8Array(z.length).fill(1);
  for (const [meter, value] of values.entries()) if (value === MISSING_VALUE) reported[meter] = 0;
  const partial = estimateWithMissing(estimator, z, reported);
  if (!partial.observable) {
    return {
      theta: undefined,
      objective: undefined,
      threshold: undefined,
      filledKw: new Map(),
      suspects: [],
      normalisedResiduals: new Float64Array(meters.length),
    };
  }
  const { theta, residual, objective } = partial.estimate;
  const threshold = wilsonHilferty(partial.degreesOfFreedom, normalQuantile);
  const normalised = estimator.normalisedResiduals(residual);
  return {
    theta,
    objective,
    threshold,
    filledKw: new Map(
      partial.missing.map((meter) => [meter, partial.filled[meter]! * records.geometry.powerUnitKw]),
    ),
    suspects: objective > threshold ? findSuspects(demoGrid, residual, normalised) : [],
    normalisedResiduals: normalised.value.slice(0, meters.length),
  };
}

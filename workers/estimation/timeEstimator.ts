import { Estimator } from "./estimator.js";
import type { LinearModel } from "./types.js";

/** Milliseconds of each step, warm: medians of many runs. */
export interface EstimatorTimes {
  /** From H to a factor: order, symbolic part, index maps, numbers. */
  readonly factor: number;
  /** New weights on the same H. */
  readonly refactor: number;
  /** θ̂, residuals and J of one set of measurements, refinement included. */
  readonly estimate: number;
  /** Normalised residuals of all rows, once factored. */
  readonly normalisedResiduals: number;
}

/**
 * Times the estimator on a model.
 *
 * @param z one measurement per row.
 * @param secondsPerStep how long each step is repeated; its first half only warms up, which takes the compiler of Node
 *   some 0.2 s.
 * @throws what `Estimator` throws.
 */
export function timeEstimator(model: LinearModel, z: Float64Array, secondsPerStep = 0.5): EstimatorTimes {
  const estimator = new Estimator(model);
  const estimate = estimator.newEstimate();
  const normalised = estimator.newNormalisedResiduals();
  const time = (step: () => void): number => medianMilliseconds(step, secondsPerStep);
  return {
    factor: time(() => void new Estimator(model)),
    refactor: time(() => estimator.refactor()),
    estimate: time(() => estimator.estimate(z, estimate)),
    normalisedResiduals: time(() => estimator.normalisedResiduals(estimate.residual, normalised)),
  };
}

function medianMilliseconds(step: () => void, seconds: number): number {
  const times: number[] = [];
  const begin = performance.now();
  const warm = begin + 500 * seconds;
  const end = begin + 1000 * seconds;
  for (let before = begin; before < end || times.length === 0;) {
    step();
    const after = performance.now();
    if (before >= warm || after >= end) times.push(after - before);
    before = performance.now();
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

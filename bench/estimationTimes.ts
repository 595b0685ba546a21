import { Estimator } from "../workers/estimation/estimator.js";
import { type EstimatorTimes, timeEstimator } from "../workers/estimation/timeEstimator.js";
import { compileGrid } from "../workers/grid/compileGrid.js";
import { defaultPlan } from "../workers/grid/defaultPlan.js";
import { measurementModel } from "../workers/grid/measurementModel.js";
import { partition } from "../workers/grid/partition.js";
import { powerFlow } from "../workers/grid/powerFlow.js";
import { trueMeasurements } from "../workers/grid/trueMeasurements.js";
import type { GridCase } from "../workers/grid/types.js";

/** How long the estimator takes for a case with a meter at every bus and at both ends of every line. */
export interface EstimationTimes {
  readonly case: string;
  readonly buses: number;
  readonly lines: number;
  readonly meters: number;
  readonly states: number;
  readonly nonzeros: { readonly h: number; readonly g: number; readonly l: number };
  /** Warm medians. */
  readonly milliseconds: EstimatorTimes;
}

/** @param seconds How long each step is repeated; the figures are medians of the second half. */
export function estimationTimes(gridCase: GridCase, seconds: number): EstimationTimes {
  const grid = compileGrid(gridCase);
  const plan = defaultPlan(grid, partition(grid, ["bench"]), { bothEnds: true });
  const model = measurementModel(grid, plan);
  const measurements = trueMeasurements(grid, plan, powerFlow(grid));
  return {
    case: grid.name,
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: model.h.rows,
    states: model.h.columns,
    nonzeros: new Estimator(model).analysis.nonzeros,
    milliseconds: timeEstimator(model, measurements, seconds),
  };
}

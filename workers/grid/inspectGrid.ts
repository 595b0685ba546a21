import { analyze } from "../estimation/analysis.js";
import { criticalRows } from "../estimation/criticalRows.js";
import { IllConditionedError } from "../estimation/errors.js";
import { observability } from "../estimation/observability.js";
import { timeEstimator } from "../estimation/timeEstimator.js";
import { measurementModel } from "./measurementModel.js";
import { powerFlow } from "./powerFlow.js";
import { trueMeasurements } from "./trueMeasurements.js";
import type { Grid, MeteringPlan } from "./types.js";

/** What a grid and its metering plan amount to. */
export interface GridInspection {
  /** In service and connected. */
  readonly buses: number;
  readonly lines: number;
  readonly meters: number;
  /** Buses without the references: columns of H. */
  readonly states: number;
  /** Entries of H, of the lower triangle of G and of its factor L, diagonals included. */
  readonly nonzeros: { readonly h: number; readonly g: number; readonly l: number };
  readonly observable: boolean;
  /** Numbers of the buses whose angle the meters leave open, in grid order. */
  readonly unobservableBuses: readonly number[];
  /** Names of the meters without any one of which some angle is open; empty if one is open anyway. */
  readonly criticalMeters: readonly string[];
  /** Warm medians; null if the grid is not observable, or its weights are too far apart to factor. */
  readonly milliseconds: {
    readonly factor: number | null;
    readonly refactor: number | null;
    readonly estimate: number | null;
    readonly normalisedResiduals: number | null;
  };
}

/**
 * Analyses a metering plan: sizes, sparsity, observability, critical meters, and how long the estimator takes on it.
 *
 * @param secondsPerStep How long each step is timed.
 * @throws GridModelError when plan and grid do not fit together.
 */
export function inspectGrid(grid: Grid, plan: MeteringPlan, secondsPerStep = 0.5): GridInspection {
  const model = measurementModel(grid, plan);
  const analysis = analyze(model.h);
  const { observable, unobservableStates } = observability(analysis);
  const states = grid.buses.filter(({ reference }) => !reference);
  const critical = observable ? criticalRows(analysis) : [];
  return {
    buses: grid.buses.length,
    lines: grid.lines.length,
    meters: plan.meters.length,
    states: model.h.columns,
    nonzeros: analysis.nonzeros,
    observable,
    unobservableBuses: unobservableStates.map((state) => states[state]!.number),
    criticalMeters: critical.flatMap((row) => plan.meters[row]?.id ?? []),
    milliseconds: times(),
  };

  function times(): GridInspection["milliseconds"] {
    const none = { factor: null, refactor: null, estimate: null, normalisedResiduals: null };
    if (!observable) return none;
    try {
      return timeEstimator(model, trueMeasurements(grid, plan, powerFlow(grid)), secondsPerStep);
    } catch (error) {
      if (error instanceof IllConditionedError) return none;
      throw error;
    }
  }
}

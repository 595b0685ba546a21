import { analyze } from "../estimation/analysis.js";
import { criticalRows } from "../estimation/criticalRows.js";
import { observability } from "../estimation/observability.js";
import { measurementModel } from "../grid/measurementModel.js";
import type { Grid, Meter, MeteringPlan } from "../grid/types.js";
import { PlacementError } from "./errors.js";
import { placeMeters } from "./placeMeters.js";

/** What becomes of a metering plan when an operator's meters leave it. */
export interface Departure {
  /** The plan without them. */
  readonly plan: MeteringPlan;
  readonly removed: readonly Meter[];
  readonly observable: boolean;
  /** Numbers of the buses whose angle is lost. */
  readonly lostBuses: readonly number[];
  /** Names of meters that nothing checks any more, and that something checked before. */
  readonly uncheckedMeters: readonly string[];
  /** The fewest meters of the others that make the grid observable again; none if it still is. */
  readonly mending: readonly Meter[];
}

/**
 * Takes the meters of an operator that leaves, or is expelled, out of a plan, and says what is lost by it.
 *
 * @throws PlacementError if it owns no meter, or all of them.
 * @throws GridModelError when plan and grid do not fit together.
 */
export async function withoutOperator(grid: Grid, plan: MeteringPlan, operator: string): Promise<Departure> {
  const removed = plan.meters.filter(({ owner }) => owner === operator);
  const left = { ...plan, meters: plan.meters.filter(({ owner }) => owner !== operator) };
  if (removed.length === 0) throw new PlacementError(`${operator} owns no meter in this plan`);
  if (left.meters.length === 0) throw new PlacementError(`nobody but ${operator} owns a meter in this plan`);
  const analysis = analyze(measurementModel(grid, left).h);
  const { observable, unobservableStates } = observability(analysis);
  const states = grid.buses.filter(({ reference }) => !reference);
  const before = new Set(criticalIds(grid, plan));
  return {
    plan: left,
    removed,
    observable,
    lostBuses: unobservableStates.map((state) => states[state]!.number),
    uncheckedMeters: criticalIds(grid, left).filter((id) => !before.has(id)),
    mending: observable ? [] : (await placeMeters(grid, left, { goal: "observable" })).meters,
  };
}

/** Names of the critical meters; none where the grid is not observable. */
function criticalIds(grid: Grid, plan: MeteringPlan): string[] {
  const analysis = analyze(measurementModel(grid, plan).h);
  if (!observability(analysis).observable) return [];
  return criticalRows(analysis).flatMap((row) => plan.meters[row]?.id ?? []);
}

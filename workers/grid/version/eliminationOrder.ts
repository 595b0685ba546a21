import { analyze } from "../../estimation/analysis.js";
import { observability } from "../../estimation/observability.js";
import { measurementModel } from "../measurementModel.js";
import type { Grid, MeteringPlan } from "../types.js";
import { UnobservableError } from "./errors.js";

/**
 * The buses but the references in an order of elimination that leaves few entries in a factor of the gain matrix.
 *
 * @returns Positions in `grid.buses`.
 * @throws UnobservableError if the meters do not determine every angle.
 */
export function eliminationOrder(grid: Grid, plan: MeteringPlan): number[] {
  const states = grid.buses.flatMap(({ reference }, i) => (reference ? [] : [i]));
  const analysis = analyze(measurementModel(grid, plan).h);
  const { unobservableStates } = observability(analysis);
  if (unobservableStates.length > 0) {
    throw new UnobservableError(unobservableStates.map((state) => grid.buses[states[state]!]!.number));
  }
  return Array.from(analysis.symbolic.order, (state) => states[state]!);
}

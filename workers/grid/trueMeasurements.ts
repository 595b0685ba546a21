import { GridModelError } from "./errors.js";
import type { PowerFlow } from "./powerFlow.js";
import type { Grid, MeteringPlan } from "./types.js";

/**
 * What each meter of a plan would read without error in a solved power flow: one value per row of the measurement
 * model, kW (PMU: radians); 0 for the zero-injection rows, which is what they state.
 *
 * @throws GridModelError when the plan names a bus or line that the grid does not have.
 */
export function trueMeasurements(grid: Grid, plan: MeteringPlan, flow: PowerFlow): Float64Array {
  const busAt = new Map(grid.buses.map(({ number }, index) => [number, index]));
  const lineAt = new Map(grid.lines.map(({ number }, index) => [number, index]));
  const values = new Float64Array(plan.meters.length + plan.zeroInjections.length);
  for (const [row, { id, kind, place }] of plan.meters.entries()) {
    const at = (kind === "injection" || kind === "pmu" ? busAt : lineAt).get(place);
    if (at === undefined) throw new GridModelError(`meter ${id}: ${kind} at ${place} is not in ${grid.name}`);
    if (kind === "injection") values[row] = flow.injectionKw[at]!;
    else if (kind === "pmu") values[row] = flow.angleRad[at]!;
    else values[row] = kind === "flowFrom" ? flow.flowKw[at]! : -flow.flowKw[at]!;
  }
  return values;
}

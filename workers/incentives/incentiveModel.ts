import { measurementModel } from "../grid/measurementModel.js";
import type { Grid, MeteringPlan } from "../grid/types.js";
import { IncentiveArgumentError } from "./errors.js";
import type { IncentiveModel } from "./types.js";

/**
 * The measurement model of a grid under a metering plan, with the owners of its rows.
 *
 * @param names The operators, by seat; all owners of the plan are among them.
 * @throws IncentiveArgumentError when the plan names an owner who is not; GridModelError as `measurementModel`.
 */
export function incentiveModel(grid: Grid, plan: MeteringPlan, names: readonly string[]): IncentiveModel {
  const model = measurementModel(grid, plan);
  const seatOf = new Map(names.map((name, seat) => [name, seat]));
  const ownerOfRow = new Int32Array(model.h.rows).fill(-1);
  for (const [row, { id, owner }] of plan.meters.entries()) {
    const seat = seatOf.get(owner);
    if (seat === undefined)
      throw new IncentiveArgumentError(`meter ${id}: its owner ${owner} is not among ${names.join(", ")}`);
    ownerOfRow[row] = seat;
  }
  return {
    model,
    ownerOfRow,
    operators: names.map((name) => ({ name })),
    meterNames: plan.meters.map(({ id }) => id),
    busOfState: grid.buses.filter(({ reference }) => !reference).map(({ number }) => number),
  };
}

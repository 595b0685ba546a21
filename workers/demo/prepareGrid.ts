import { compileGrid } from "../grid/compileGrid.js";
import { defaultPlan } from "../grid/defaultPlan.js";
import { partition } from "../grid/partition.js";
import { powerFlow } from "../grid/powerFlow.js";
import { trueMeasurements } from "../grid/trueMeasurements.js";
import type { Grid, GridCase, MeteringPlan } from "../grid/types.js";
import { buildVersion } from "../grid/version/buildVersion.js";
import { versionEstimator } from "../measurement/versionEstimator.js";
import type { DemoGrid } from "./types.js";

/**
 * Divides a case among operators, writes it as a version, and solves its power flow.
 *
 * @param names The operators, by seat.
 * @param planOf The metering plan; the default one if left out.
 * @throws GridModelError or VersionError if the case cannot be computed with, or not be written.
 */
export function prepareGrid(
  gridCase: GridCase,
  names: readonly string[],
  planOf?: (grid: Grid) => MeteringPlan,
): DemoGrid {
  const grid = compileGrid(gridCase);
  const divided = partition(grid, names);
  const plan = planOf?.(grid) ?? defaultPlan(grid, divided);
  const { records, meters } = buildVersion(grid, plan, new Map(names.map((name, seat) => [name, seat])));
  return {
    gridCase,
    grid,
    partition: divided,
    records,
    meters,
    exactKw: trueMeasurements(grid, { ...plan, meters }, powerFlow(grid)),
    estimator: versionEstimator(records),
  };
}

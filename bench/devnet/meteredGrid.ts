import { prepareGrid } from "../../workers/demo/prepareGrid.js";
import type { DemoGrid } from "../../workers/demo/types.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { GridModelError } from "../../workers/grid/errors.js";
import { partition } from "../../workers/grid/partition.js";
import type { Grid, GridCase, MeteringPlan } from "../../workers/grid/types.js";

/**
 * A case with as many meters as wanted: an injection meter at every bus, and flow meters on lines spread over the grid.
 *
 * @param names The operators, by seat.
 * @throws GridModelError if the grid has too few lines, or too many buses, for that.
 */
export function meteredGrid(gridCase: GridCase, names: readonly string[], meters: number): DemoGrid {
  return prepareGrid(gridCase, names, (grid) => planOf(grid, names, meters));
}

function planOf(grid: Grid, names: readonly string[], wanted: number): MeteringPlan {
  const plan = defaultPlan(grid, partition(grid, names));
  const flows = plan.meters.filter(({ kind }) => kind !== "injection");
  const injections = plan.meters.filter(({ kind }) => kind === "injection");
  const kept = wanted - injections.length;
  if (kept < 0 || kept > flows.length) {
    throw new GridModelError(
      `${grid.name}: ${wanted} meters do not fit; it takes ${injections.length} to ${plan.meters.length}`,
    );
  }
  const spread = flows.filter(
    (_, i) => Math.floor(((i + 1) * kept) / flows.length) > Math.floor((i * kept) / flows.length),
  );
  return { ...plan, meters: [...spread, ...injections] };
}

import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { openCase } from "../../workers/grid/openCase.js";
import { partition } from "../../workers/grid/partition.js";
import { seededRandom } from "../../workers/grid/seededRandom.js";
import type { Grid, GridCase, MeteringPlan } from "../../workers/grid/types.js";
import { type BuiltVersion, buildVersion } from "../../workers/grid/version/buildVersion.js";
import { sharedPath } from "./shared.js";

/** A grid that no tree of meters spans, and its version. */
export interface FactoredGrid {
  readonly gridCase: GridCase;
  readonly grid: Grid;
  readonly plan: MeteringPlan;
  readonly built: BuiltVersion;
}

const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];

/**
 * A PGLib case with injection meters at all buses and a part of the default plan's flow meters, drawn by seed 1; of four
 * operators. Undefined where the case is absent.
 *
 * @param flows The part of the flow meters that is left.
 */
export function factoredGrid(name: string, flows: number): FactoredGrid | undefined {
  const path = sharedPath(`cases/pglib_opf_${name}.m`);
  if (path === undefined) return undefined;
  const gridCase = openCase(path, (file) => file);
  const grid = compileGrid(gridCase);
  const random = seededRandom(1);
  const whole = defaultPlan(grid, partition(grid, names));
  const plan = {
    ...whole,
    meters: whole.meters.filter(({ kind }) => kind === "injection" || random() < flows),
  };
  return {
    gridCase,
    grid,
    plan,
    built: buildVersion(grid, plan, new Map(names.map((n, seat) => [n, seat]))),
  };
}

import { operatorNames } from "../../workers/grid/operatorNames.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { openCase } from "../../workers/grid/openCase.js";
import { partition } from "../../workers/grid/partition.js";
import { readPlanFile } from "../../workers/grid/readPlanFile.js";
import type { Grid, GridCase, MeteringPlan } from "../../workers/grid/types.js";
import { UserError } from "./userError.js";
import { userPath } from "./userPath.js";

/** The options that say which meters a case has. */
export interface PlanArguments {
  readonly file: string;
  readonly plan: string | undefined;
  readonly operators: number;
  readonly bothEnds: boolean;
}

/** A case with its meters. */
export interface MeteredCase {
  readonly gridCase: GridCase;
  readonly grid: Grid;
  readonly plan: MeteringPlan;
}

/**
 * Opens a case with the plan that was named, or the default plan among `Operator 1`, `Operator 2`, ….
 *
 * @throws GridFileError, GridModelError, UserError.
 */
export function openPlan({ file, plan, operators, bothEnds }: PlanArguments): MeteredCase {
  if (operators < 1) throw new UserError(`--operators ${operators}: expected at least 1`);
  const gridCase = openCase(file, userPath);
  const grid = compileGrid(gridCase);
  if (plan !== undefined) return { gridCase, grid, plan: readPlanFile(userPath(plan), grid) };
  const names = operatorNames(operators);
  return { gridCase, grid, plan: defaultPlan(grid, partition(grid, names), { bothEnds }) };
}

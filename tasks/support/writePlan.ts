import { writeFileSync } from "node:fs";
import type { MeteringPlan } from "../../workers/grid/types.js";
import { writePlanCsv } from "../../workers/grid/writePlanCsv.js";
import { writePlanJson } from "../../workers/grid/writePlanJson.js";
import { UserError } from "./userError.js";
import { userPath } from "./userPath.js";

/** @throws UserError unless `--plan` would take a file of this name. */
export function checkPlanFile(file: string | undefined): void {
  if (file !== undefined && !/\.(?:csv|json)$/iu.test(file))
    throw new UserError(`--out ${file}: expected a .csv or .json file`);
}

/** Writes a metering plan to a file that `--plan` takes. */
export function writePlan(file: string, plan: MeteringPlan): void {
  writeFileSync(userPath(file), /\.json$/iu.test(file) ? writePlanJson(plan) : writePlanCsv(plan));
}

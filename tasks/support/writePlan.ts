import { writeFileSync } from "node:fs";
import type { MeteringPlan } from "../../workers/grid/types.js";
import { writePlanCsv } from "../../workers/grid/writePlanCsv.js";
import { writePlanJson } from "../../workers/grid/writePlanJson.js";
import { userPath } from "./userPath.js";

/** Writes a metering plan to a file that `--plan` takes: JSON if its name ends so, else CSV. */
export function writePlan(file: string, plan: MeteringPlan): void {
  writeFileSync(userPath(file), /\.json$/iu.test(file) ? writePlanJson(plan) : writePlanCsv(plan));
}

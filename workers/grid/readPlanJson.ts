import { z } from "zod";
import { checkPlan } from "./checkPlan.js";
import { defaultSigmas } from "./defaultSigmas.js";
import { readJson } from "./readJson.js";
import type { Grid, MeteringPlan } from "./types.js";

/** Name and version of the JSON format of metering plans, its first member. */
export const planFormat = "gridproof-plan/1";

const meterRow = z
  .object({
    id: z.string(),
    kind: z.enum(["injection", "flowFrom", "flowTo", "pmu"]),
    place: z.number(),
    sigma: z.number(),
    owner: z.string(),
  })
  .strict();

const planFile = z
  .object({
    format: z.literal(planFormat),
    zeroInjections: z.array(z.number()).default([]),
    zeroInjectionSigma: z.number().default(defaultSigmas.zeroInjectionKw),
    meters: z.array(meterRow),
  })
  .strict();

/**
 * Reads a metering plan in JSON and checks it against its grid.
 *
 * @throws GridFileError naming the line of the first row that is wrong.
 */
export function readPlanJson(text: string, file: string, grid: Grid): MeteringPlan {
  const { value, lineOf } = readJson(text, file, planFile);
  const { format: _, ...plan } = value;
  checkPlan(plan, grid, file, (part, row) => lineOf(row === undefined ? [part] : [part, row]));
  return plan;
}

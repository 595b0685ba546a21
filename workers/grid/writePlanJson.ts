import { planFormat } from "./readPlanJson.js";
import type { MeteringPlan } from "./types.js";

/** Writes a metering plan in JSON, one meter a line. */
export function writePlanJson(plan: MeteringPlan): string {
  const rows = plan.meters.map(
    ({ id, kind, place, sigma, owner }) => `    ${JSON.stringify({ id, kind, place, sigma, owner })}`,
  );
  return `{
  "format": ${JSON.stringify(planFormat)},
  "zeroInjections": ${JSON.stringify(plan.zeroInjections)},
  "zeroInjectionSigma": ${JSON.stringify(plan.zeroInjectionSigma)},
  "meters": ${rows.length === 0 ? "[]" : `[\n${rows.join(",\n")}\n  ]`}
}
`;
}

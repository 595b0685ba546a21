import { planColumns, zeroInjectionKind } from "./readPlanCsv.js";
import type { MeteringPlan } from "./types.js";

/** Writes a metering plan in CSV; the sigma of zero injections is kept only where there are any. */
export function writePlanCsv(plan: MeteringPlan): string {
  const meters = plan.meters.map(({ id, kind, place, sigma, owner }) =>
    [quoted(id), kind, place, sigma, quoted(owner)].join(","),
  );
  const zeros = plan.zeroInjections.map((bus) => `,${zeroInjectionKind},${bus},${plan.zeroInjectionSigma},`);
  return [planColumns.join(","), ...meters, ...zeros, ""].join("\n");
}

function quoted(cell: string): string {
  return /^\s|\s$|[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

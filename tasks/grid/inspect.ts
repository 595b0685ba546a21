import { type GridInspection, inspectGrid } from "../../workers/grid/inspectGrid.js";
import type { Grid, MeteringPlan } from "../../workers/grid/types.js";
import { grouped, significant } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { listed } from "../support/listed.js";
import { openPlan, type PlanArguments } from "../support/openPlan.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";

interface Arguments extends PlanArguments {
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const { grid, plan } = openPlan(args);
  const inspection = inspectGrid(grid, plan);
  report(args.json, inspection, asText(grid, plan, inspection));
});

function asText(grid: Grid, plan: MeteringPlan, found: GridInspection): string {
  const { factor, refactor, estimate, normalisedResiduals } = found.milliseconds;
  const parts = [
    grid.name,
    facts([
      ["buses in service", grouped(found.buses)],
      ["lines in service", grouped(found.lines)],
      ["islands", grid.islands],
      ["isolated buses, left out", grid.isolated.length],
      ["meters", grouped(found.meters)],
      ["zero injections", grouped(plan.zeroInjections.length)],
      ["states", grouped(found.states)],
      ["nonzeros of H, G, L", [found.nonzeros.h, found.nonzeros.g, found.nonzeros.l].map(grouped).join(", ")],
      ["observable", found.observable],
      ["critical meters", found.observable ? found.criticalMeters.length : undefined],
      ["order and factor", milliseconds(factor)],
      ["re-factor", milliseconds(refactor)],
      ["estimate with residuals", milliseconds(estimate)],
      ["normalised residuals", milliseconds(normalisedResiduals)],
    ]),
    ownersTable(plan),
  ];
  if (!found.observable) {
    parts.push(
      `Not observable: the meters leave the angle of ${listed("bus", "buses", found.unobservableBuses)} open.`,
    );
  }
  if (found.criticalMeters.length > 0) {
    parts.push(
      `Critical: without any one of ${listed("meter", "meters", found.criticalMeters)} the grid is not observable, and a false value there cannot be seen.`,
    );
  }
  return parts.join("\n");
}

function milliseconds(ms: number | null): string | undefined {
  return ms === null ? undefined : `${significant(ms, 3)} ms`;
}

function ownersTable(plan: MeteringPlan): string {
  const count = new Map<string, number>();
  for (const { owner } of plan.meters) count.set(owner, (count.get(owner) ?? 0) + 1);
  return table([{ head: "operator" }, { head: "meters", align: "right" }], [...count]);
}

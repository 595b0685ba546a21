import { compileGrid } from "../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../workers/grid/defaultPlan.js";
import { type GridInspection, inspectGrid } from "../../workers/grid/inspectGrid.js";
import { openCase } from "../../workers/grid/openCase.js";
import { partition } from "../../workers/grid/partition.js";
import { readPlanFile } from "../../workers/grid/readPlanFile.js";
import type { Grid, MeteringPlan } from "../../workers/grid/types.js";
import { grouped, significant } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly file: string;
  readonly plan: string | undefined;
  readonly operators: number;
  readonly bothEnds: boolean;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async ({ file, plan: planFile, operators, bothEnds, json }) => {
  if (operators < 1) throw new UserError(`--operators ${operators}: expected at least 1`);
  const grid = compileGrid(openCase(file, userPath));
  const names = Array.from({ length: operators }, (_, i) => `Operator ${i + 1}`);
  const plan =
    planFile === undefined
      ? defaultPlan(grid, partition(grid, names), { bothEnds })
      : readPlanFile(userPath(planFile), grid);
  const inspection = inspectGrid(grid, plan);
  report(json, inspection, asText(grid, plan, inspection));
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

function listed(one: string, many: string, names: readonly (string | number)[]): string {
  const most = 40;
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.length === 1 ? one : `${names.length} ${many}`} ${names.slice(0, most).join(", ")}${more}`;
}

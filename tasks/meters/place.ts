import { measurementModel } from "../../workers/grid/measurementModel.js";
import { analyze } from "../../workers/estimation/analysis.js";
import { observability } from "../../workers/estimation/observability.js";
import { placeMeters, type PlacementRequest } from "../../workers/placement/placeMeters.js";
import type { Placement, PlacementGoal } from "../../workers/placement/types.js";
import { listed } from "../support/listed.js";
import { metersTable } from "../support/metersTable.js";
import { type MeteredCase, openPlan, type PlanArguments } from "../support/openPlan.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { checkPlanFile, writePlan } from "../support/writePlan.js";

interface Arguments extends PlanArguments {
  readonly goal: string | undefined;
  readonly coalition: string | undefined;
  readonly out: string | undefined;
  readonly json: string | undefined;
}

const GOALS: readonly PlacementGoal[] = ["observable", "redundant", "guarded"];

export default userTask<Arguments>(async (args) => {
  checkPlanFile(args.out);
  const metered = openPlan(args);
  const placement = await placeMeters(metered.grid, metered.plan, request(args, metered));
  report(args.json, placement, asText(placement));
  if (args.out !== undefined) {
    writePlan(args.out, { ...metered.plan, meters: [...metered.plan.meters, ...placement.meters] });
  }
});

/** The goal that was named; else what the plan is in want of first. */
function request({ goal, coalition }: Arguments, { grid, plan }: MeteredCase): PlacementRequest {
  if (coalition !== undefined) {
    if (goal !== undefined && goal !== "guarded")
      throw new UserError(`--coalition goes with --goal guarded, not ${goal}`);
    return { goal: "guarded", coalition: coalition.split(",").map((name) => name.trim()) };
  }
  if (goal === "guarded") throw new UserError("--goal guarded: name the operators with --coalition");
  if (goal === "observable" || goal === "redundant") return { goal };
  if (goal !== undefined) throw new UserError(`--goal ${goal}: expected one of ${GOALS.join(", ")}`);
  const { observable } = observability(analyze(measurementModel(grid, plan).h));
  return { goal: observable ? "redundant" : "observable" };
}

function asText(placement: Placement): string {
  const { goal, meters, open, lowerBound, exact } = placement;
  const wanting = {
    observable: `The meters leave the angle of ${listed("bus", "buses", open)} open.`,
    redundant: `Nothing checks ${listed("meter", "meters", open)}: a false value there cannot be seen.`,
    guarded: `The coalition can falsify the angle of ${listed("bus", "buses", open)} without a trace.`,
  }[goal];
  if (meters.length === 0) {
    return {
      observable: "The grid is observable: no meter is needed.",
      redundant: "No meter is critical: no meter is needed.",
      guarded: "The others' meters determine every angle: the coalition can hide no false state.",
    }[goal];
  }
  const fewest = exact
    ? `${meters.length === 1 ? "One meter mends" : `${meters.length} meters mend`} it; fewer cannot.`
    : `${meters.length} meters mend it; at least ${lowerBound} are needed.`;
  return [wanting, metersTable(meters), fewest].join("\n");
}

import { writeFileSync } from "node:fs";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { planOfVersion } from "../../workers/chain/planOfVersion.js";
import { readVersion } from "../../workers/chain/readVersion.js";
import { compileGrid } from "../../workers/grid/compileGrid.js";
import { writeGridJson } from "../../workers/grid/writeGridJson.js";
import { type Departure, withoutOperator } from "../../workers/placement/withoutOperator.js";
import { listed } from "../support/listed.js";
import { metersTable } from "../support/metersTable.js";
import { type MeteredCase, openPlan } from "../support/openPlan.js";
import { openSharing } from "../support/openSharing.js";
import { report } from "../support/report.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { versionNumber } from "../support/versionNumber.js";
import { checkPlanFile, writePlan } from "../support/writePlan.js";

interface Arguments {
  readonly operator: string;
  readonly file: string | undefined;
  readonly plan: string | undefined;
  readonly operators: number;
  readonly bothEnds: boolean;
  readonly mend: boolean;
  readonly out: string | undefined;
  readonly caseOut: string | undefined;
  readonly deployment: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args, hre) => {
  checkPlanFile(args.out);
  if (args.mend && args.out === undefined) throw new UserError("--mend: name the plan to write with --out");
  const { gridCase, grid, plan } =
    args.file === undefined ? await inForce(args.deployment, hre) : openPlan({ ...args, file: args.file });
  const departure = await withoutOperator(grid, plan, args.operator);
  const { observable, lostBuses, uncheckedMeters, removed, mending } = departure;
  report(
    args.json,
    { operator: args.operator, observable, lostBuses, uncheckedMeters, removed, mending },
    asText(args.operator, departure, args.mend),
  );
  if (args.out !== undefined) {
    const added = args.mend ? mending : [];
    writePlan(args.out, { ...departure.plan, meters: [...departure.plan.meters, ...added] });
  }
  if (args.caseOut !== undefined) writeFileSync(userPath(args.caseOut), writeGridJson(gridCase));
});

/** Case and meters of the version in force. */
async function inForce(deployment: string | undefined, hre: HardhatRuntimeEnvironment): Promise<MeteredCase> {
  const { contracts, provider } = await openSharing(hre, deployment);
  const version = await versionNumber(contracts.registry, "active");
  const found = await readVersion(contracts.registry, provider, version);
  const gridCase = found.labels.case;
  return { gridCase, grid: compileGrid(gridCase), plan: planOfVersion(found) };
}

function asText(operator: string, departure: Departure, mend: boolean): string {
  const { removed, observable, lostBuses, uncheckedMeters, mending, plan } = departure;
  const parts = [`Without the ${removed.length} meters of ${operator}, ${plan.meters.length} are left.`];
  if (observable) parts.push("The grid stays observable.");
  else {
    parts.push(
      `The grid is no longer observable: lost is the angle of ${listed("bus", "buses", lostBuses)}.`,
      `${mending.length === 1 ? "One meter" : `${mending.length} meters`} of those who stay would mend it; fewer cannot:`,
      metersTable(mending),
      mend
        ? "The plan that is written has them."
        : "With --mend the plan that is written has them; without them it can be written, but no version be made of it.",
    );
  }
  if (uncheckedMeters.length > 0)
    parts.push(`Nothing checks ${listed("meter", "meters", uncheckedMeters)} any more.`);
  return parts.join("\n");
}

import { defaultSensitiveBuses } from "../../workers/incentives/defaultSensitiveBuses.js";
import { securityFigures } from "../../workers/incentives/securityFigures.js";
import { securityTable } from "../../workers/report/incentiveTables.js";
import { report } from "../support/report.js";
import { userTask } from "../support/userTask.js";
import { type GridArguments, busNumbers, openIncentives } from "./openIncentives.js";
import { tableText } from "./tableText.js";

interface Arguments extends GridArguments {
  readonly sensitiveBuses: string | undefined;
  readonly json: string | undefined;
}

/** `incentives security`: FDI security of section 6.1. */
export default userTask<Arguments>(async (args) => {
  const { grid, model, references } = openIncentives(args);
  const named = args.sensitiveBuses;
  const buses = named === undefined ? defaultSensitiveBuses(grid) : busNumbers("--sensitive-buses", named);
  const security = securityFigures(model, buses, references);
  report(
    args.json,
    { security },
    tableText(`False data at the sensitive buses ${buses.join(", ")}`, securityTable(security)),
  );
});

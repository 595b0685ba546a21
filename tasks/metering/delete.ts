import { deleteUsage } from "../../workers/metering/mdms/store/deleteUsage.js";
import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { facts } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { nowOrTime, timeOf } from "../support/timeOf.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly point: string;
  readonly before: string | undefined;
  readonly reason: string;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const { reason } = args;
  if (args.before === undefined) throw new UserError("name with --before up to when usage is deleted");
  const before = timeOf("before", args.before);
  const now = nowOrTime("before", undefined);
  if (before > now) {
    throw new UserError(`--before ${args.before} is in the future: what is not used yet cannot be deleted`);
  }
  await withMdmsDatabase(args.database, async (database) => {
    const usagePoint = await findUsagePoint(database, args.point);
    const { intervals, reports } = await deleteUsage(database, usagePoint, before, now, reason);
    report(
      args.json,
      { usagePoint, before, intervals, reports, reason },
      facts([
        ["usage point", usagePoint],
        ["deleted up to", timeText(before)],
        ["intervals deleted", intervals],
        ["reports deleted", reports],
        ["why", reason],
      ]),
    );
  });
});

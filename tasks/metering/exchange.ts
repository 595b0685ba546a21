import { findMeter } from "../../workers/metering/mdms/store/findMeter.js";
import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { installationsAt, installMeter } from "../../workers/metering/mdms/store/installations.js";
import { facts } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { nowOrTime } from "../support/timeOf.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly point: string;
  readonly newMeter: string | undefined;
  readonly at: string | undefined;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const since = nowOrTime("at", args.at);
  const { newMeter } = args;
  if (newMeter === undefined) throw new UserError("name the meter that comes with --new-meter");
  if (since > nowOrTime("at", undefined)) throw new UserError(`--at ${args.at}: is to come`);
  await withMdmsDatabase(args.database, async (database) => {
    const usagePoint = await findUsagePoint(database, args.point);
    const meter = await findMeter(database, newMeter);
    await installMeter(database, meter, usagePoint, since);
    const meters = await installationsAt(database, usagePoint);
    report(
      args.json,
      { usagePoint, meter, since, meters },
      facts([
        ["usage point", usagePoint],
        ["meter that comes", meter],
        ["meter that goes", meters.at(-2)?.meter],
        ["at", timeText(since)],
      ]),
    );
  });
});

import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { installationsAt, installMeter } from "../../workers/metering/mdms/store/installations.js";
import { meterOfSerial } from "../../workers/metering/mdms/store/serials.js";
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
  await withMdmsDatabase(args.database, async (database) => {
    const usagePoint = await findUsagePoint(database, args.point);
    const meter =
      (await meterOfSerial(database, newMeter)) ??
      (/^[1-9]\d{0,9}$/u.test(newMeter) ? Number(newMeter) : undefined);
    if (meter === undefined)
      throw new UserError(`--new-meter ${newMeter}: no serial number or number of a meter`);
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

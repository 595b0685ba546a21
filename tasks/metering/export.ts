import { customerIntervals } from "../../workers/metering/mdms/customerIntervals.js";
import { greenButton } from "../../workers/metering/mdms/export/greenButton.js";
import { usageCsv } from "../../workers/metering/mdms/export/usageCsv.js";
import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { intervalLength } from "../../workers/metering/mdms/store/intervalLength.js";
import { writeForOwner } from "../../workers/metering/provision/secretFiles.js";
import { facts } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { timeOf } from "../support/timeOf.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly meter: string;
  readonly format: string;
  readonly out: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly customer: string | undefined;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const { format, customer } = args;
  if (format !== "csv" && format !== "green-button") {
    throw new UserError(`--format ${format}: csv or green-button`);
  }
  const { out = "-" } = args;
  if (out === "-" && args.json !== undefined)
    throw new UserError("--json tells what was written to a file: name it with --out");
  const since = args.from === undefined ? 0 : timeOf("from", args.from);
  const until = args.to === undefined ? Number.MAX_SAFE_INTEGER : timeOf("to", args.to);
  await withMdmsDatabase(args.database, async (database) => {
    const usagePoint = await findUsagePoint(database, args.meter);
    const intervals = await customerIntervals(database, usagePoint, customer, since, until);
    const first = intervals[0];
    if (first === undefined) throw new UserError(`${usagePoint}: there is no interval in that time`);
    const intervalSeconds = await intervalLength(database);
    const at = Math.floor(Date.now() / 1_000);
    const text =
      format === "csv"
        ? usageCsv(intervals, intervalSeconds)
        : greenButton({ usagePoint, intervalSeconds, intervals, at });
    if (out === "-") {
      process.stdout.write(text);
      return;
    }
    const file = userPath(out);
    // What a household uses is for its owner.
    writeForOwner(file, text);
    const result = {
      usagePoint,
      customer,
      format,
      file,
      from: first.tau - intervalSeconds,
      to: intervals.at(-1)!.tau,
      intervals: intervals.length,
      estimated: intervals.filter(({ quality }) => quality === "estimated").length,
      energyWh: intervals.reduce((sum, { energyWh }) => sum + energyWh, 0),
    };
    report(
      args.json,
      result,
      facts([
        ["usage point", usagePoint],
        ...(customer === undefined ? [] : ([["customer", customer]] as const)),
        ["from", timeText(result.from)],
        ["to", timeText(result.to)],
        ["intervals", `${result.intervals}, ${result.estimated} of them estimated`],
        ["energy", `${result.energyWh} Wh`],
        ["written to", file],
      ]),
    );
  });
});

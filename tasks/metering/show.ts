import { dayOf, type UsageDay } from "../../workers/metering/mdms/dayOf.js";
import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { intervalLength } from "../../workers/metering/mdms/store/intervalLength.js";
import { occupanciesOf } from "../../workers/metering/mdms/store/occupancies.js";
import { writeForOwner } from "../../workers/metering/provision/secretFiles.js";
import { grouped } from "../../workers/report/number.js";
import { facts, table } from "../../workers/report/table.js";
import { usageDayReport } from "../../workers/report/usageDayReport.js";
import { clock, usageDayTable } from "../../workers/report/usageDayTable.js";
import { report } from "../support/report.js";
import { timeOf } from "../support/timeOf.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly meter: string;
  readonly day: string | undefined;
  readonly database: string | undefined;
  readonly report: string | undefined;
  readonly json: string | undefined;
}

const DAY = 86_400;

export default userTask<Arguments>(async (args) => {
  const asked = args.day === undefined ? undefined : timeOf("day", args.day);
  if (asked !== undefined && asked % DAY !== 0) throw new UserError(`--day ${args.day}: name a date alone`);
  await withMdmsDatabase(args.database, async (database) => {
    const usagePoint = await findUsagePoint(database, args.meter);
    const day = await dayOf(database, usagePoint, asked, await intervalLength(database));
    if (day === undefined) throw new UserError(`${usagePoint}: no interval is known yet`);
    const customers = (await occupanciesOf(database, usagePoint))
      .filter(({ since, until }) => since < day.day + DAY && (until === undefined || until > day.day))
      .map(({ customer }) => customer);
    if (args.report !== undefined) {
      writeForOwner(userPath(args.report), usageDayReport(day));
    }
    report(args.json, { ...day, customers }, asText(day, customers), writeForOwner);
  });
});

function asText(day: UsageDay, customers: readonly string[]): string {
  const estimated = day.intervals.filter(({ quality }) => quality === "estimated").length;
  return [
    facts([
      ["usage point", day.usagePoint],
      ["day (UTC)", new Date(day.day * 1_000).toISOString().slice(0, 10)],
      ["meters", day.meters.join(", ")],
      ["customers", customers.join(", ") || undefined],
      ["energy", `${grouped(day.energyWh)} Wh`],
      [
        "intervals",
        `${day.intervals.length}, ${estimated} of them estimated (░), ${day.missing.length} missing`,
      ],
    ]),
    usageDayTable(day),
    ...(day.findings.length === 0
      ? []
      : [
          "Found when the day was last validated; what has come since may have mended it:",
          table(
            [{ head: "until" }, { head: "finding" }, { head: "what" }],
            day.findings.map(({ tau, kind, detail }) => [clock(tau), kind, detail]),
          ),
        ]),
  ].join("\n");
}

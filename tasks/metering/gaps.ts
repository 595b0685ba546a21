import { type Completeness, completeness, newestInterval } from "../../workers/metering/mdms/completeness.js";
import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { usagePoints } from "../../workers/metering/mdms/store/installations.js";
import { intervalLength } from "../../workers/metering/mdms/store/intervalLength.js";
import { grouped } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";
import { report } from "../support/report.js";
import { timeOf } from "../support/timeOf.js";
import { timeText } from "../support/timeText.js";
import { userTask } from "../support/userTask.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly meter: string | undefined;
  readonly to: string | undefined;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  await withMdmsDatabase(args.database, async (database) => {
    const points =
      args.meter === undefined ? await usagePoints(database) : [await findUsagePoint(database, args.meter)];
    const until = args.to === undefined ? ((await newestInterval(database)) ?? 0) : timeOf("to", args.to);
    const intervalSeconds = await intervalLength(database);
    const all: Completeness[] = [];
    for (const point of points) all.push(await completeness(database, point, until, intervalSeconds));
    const expected = all.reduce((sum, one) => sum + one.expected, 0);
    const measured = all.reduce((sum, one) => sum + one.measured, 0);
    const percent = expected === 0 ? undefined : (100 * measured) / expected;
    report(
      args.json,
      { until, intervalSeconds, expected, measured, percent, usagePoints: all },
      [
        overview(all),
        ...(all.some(({ missing }) => missing.length > 0) ? [runs(all)] : []),
        `${grouped(measured)} of ${grouped(expected)} intervals up to ${timeText(until) ?? "now"}: ${share(percent) ?? "none were to come"}`,
      ].join("\n"),
    );
  });
});

function overview(all: readonly Completeness[]): string {
  return table(
    [
      { head: "usage point" },
      { head: "meters" },
      { head: "since" },
      { head: "expected", align: "right" },
      { head: "measured", align: "right" },
      { head: "gaps", align: "right" },
      { head: "complete", align: "right" },
    ],
    all.map(({ usagePoint, meters, since, expected, measured, missing, percent }) => [
      usagePoint,
      meters.join(", "),
      timeText(since),
      expected,
      measured,
      missing.length,
      share(percent),
    ]),
  );
}

function runs(all: readonly Completeness[]): string {
  return table(
    [
      { head: "missing at" },
      { head: "first, until" },
      { head: "last, until" },
      { head: "intervals", align: "right" },
      { head: "estimated", align: "right" },
    ],
    all.flatMap(({ usagePoint, missing }) =>
      missing.map(({ first, last, intervals, estimated }) => [
        usagePoint,
        timeText(first),
        timeText(last),
        intervals,
        estimated,
      ]),
    ),
  );
}

/** Never 100 % unless it is. */
function share(percent: number | undefined): string | undefined {
  return percent === undefined ? undefined : `${(Math.floor(percent * 100) / 100).toFixed(2)} %`;
}

import { newestInterval } from "../../workers/metering/mdms/completeness.js";
import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { installationsAt, usagePoints } from "../../workers/metering/mdms/store/installations.js";
import { intervalLength } from "../../workers/metering/mdms/store/intervalLength.js";
import { validateAndEstimate } from "../../workers/metering/mdms/vee/validateAndEstimate.js";
import { writeForOwner } from "../../workers/metering/provision/secretFiles.js";
import { table } from "../../workers/report/table.js";
import { counting } from "../support/counting.js";
import { report } from "../support/report.js";
import { timeOf } from "../support/timeOf.js";
import { timeText } from "../support/timeText.js";
import { UserError } from "../support/userError.js";
import { userTask } from "../support/userTask.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly meter: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const from = args.from === undefined ? undefined : timeOf("from", args.from);
  const to = args.to === undefined ? undefined : timeOf("to", args.to);
  if (from !== undefined && to !== undefined && from > to) {
    throw new UserError(`--from ${args.from} is after --to ${args.to}`);
  }
  await withMdmsDatabase(args.database, async (database) => {
    const points =
      args.meter === undefined ? await usagePoints(database) : [await findUsagePoint(database, args.meter)];
    // What no meter has reported on yet is not missing.
    const newest = (await newestInterval(database)) ?? 0;
    const until = Math.min(to ?? newest, newest);
    const intervalSeconds = await intervalLength(database);
    const tell = counting("usage points validated");
    const all = [];
    for (const [i, usagePoint] of points.entries()) {
      const since = from ?? (await installationsAt(database, usagePoint))[0]?.since ?? 0;
      const vee = await validateAndEstimate(database, usagePoint, since, until, intervalSeconds);
      all.push({ usagePoint, since, until, ...vee });
      if (args.meter === undefined) tell(i + 1, points.length);
    }
    const findings = all.flatMap(({ usagePoint, findings: found }) =>
      found.map(({ tau, kind, intervals, detail }) => [usagePoint, timeText(tau), kind, intervals, detail]),
    );
    report(
      args.json,
      { intervalSeconds, usagePoints: all },
      [
        table(
          [
            { head: "usage point" },
            { head: "findings", align: "right" },
            { head: "estimated now", align: "right" },
            { head: "not to be estimated", align: "right" },
          ],
          all.map(({ usagePoint, findings: found, estimated, unestimated }) => [
            usagePoint,
            found.length,
            estimated,
            unestimated,
          ]),
        ),
        ...(findings.length === 0
          ? []
          : [
              table(
                [
                  { head: "usage point" },
                  { head: "until" },
                  { head: "finding" },
                  { head: "intervals", align: "right" },
                  { head: "what" },
                ],
                findings,
              ),
            ]),
      ].join("\n"),
      writeForOwner,
    );
  });
});

import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import { moveIn, occupanciesOf } from "../../workers/metering/mdms/store/occupancies.js";
import { report } from "../support/report.js";
import { nowOrTime } from "../support/timeOf.js";
import { userTask } from "../support/userTask.js";
import { occupancyTable } from "./occupancyTable.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly point: string;
  readonly customer: string;
  readonly at: string | undefined;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

export default userTask<Arguments>(async (args) => {
  const at = nowOrTime("at", args.at);
  await withMdmsDatabase(args.database, async (database) => {
    const usagePoint = await findUsagePoint(database, args.point);
    await moveIn(database, usagePoint, args.customer, at);
    const occupancies = await occupanciesOf(database, usagePoint);
    report(args.json, { usagePoint, occupancies }, occupancyTable(occupancies));
  });
});

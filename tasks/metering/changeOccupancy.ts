import { findUsagePoint } from "../../workers/metering/mdms/store/findUsagePoint.js";
import type { Database } from "../../workers/metering/mdms/database/types.js";
import { occupanciesOf } from "../../workers/metering/mdms/store/occupancies.js";
import { writeForOwner } from "../../workers/metering/provision/secretFiles.js";
import { report } from "../support/report.js";
import { nowOrTime } from "../support/timeOf.js";
import { userTask } from "../support/userTask.js";
import { occupancyTable } from "./occupancyTable.js";
import { withMdmsDatabase } from "./withMdmsDatabase.js";

interface Arguments {
  readonly point: string;
  readonly at: string | undefined;
  readonly database: string | undefined;
  readonly json: string | undefined;
}

/** A task that notes who moved in or out at a usage point, and shows who lived there. @param change notes it. */
export function changeOccupancy<More extends object>(
  change: (database: Database, usagePoint: string, at: number, args: More) => Promise<void>,
) {
  return userTask<Arguments & More>(async (args) => {
    const at = nowOrTime("at", args.at);
    await withMdmsDatabase(args.database, async (database) => {
      const usagePoint = await findUsagePoint(database, args.point);
      await change(database, usagePoint, at, args);
      const occupancies = await occupanciesOf(database, usagePoint);
      report(args.json, { usagePoint, occupancies }, occupancyTable(occupancies), writeForOwner);
    });
  });
}

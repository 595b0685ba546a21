import type { Occupancy } from "../../workers/metering/mdms/store/occupancies.js";
import { table } from "../../workers/report/table.js";
import { timeText } from "../support/timeText.js";

/** Who lived at a usage point. */
export function occupancyTable(occupancies: readonly Occupancy[]): string {
  return table(
    [{ head: "usage point" }, { head: "customer" }, { head: "since" }, { head: "until" }],
    occupancies.map(({ usagePoint, customer, since, until }) => [
      usagePoint,
      customer,
      timeText(since),
      until === undefined ? undefined : timeText(until),
    ]),
  );
}

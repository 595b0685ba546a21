import type { Meter } from "../../workers/grid/types.js";
import { significant } from "../../workers/report/number.js";
import { table } from "../../workers/report/table.js";

/** Meters of a plan as a table. */
export function metersTable(meters: readonly Meter[]): string {
  return table(
    [
      { head: "meter" },
      { head: "kind" },
      { head: "place", align: "right" },
      { head: "sigma", align: "right" },
      { head: "owner" },
    ],
    meters.map(({ id, kind, place, sigma, owner }) => [id, kind, place, significant(sigma), owner]),
  );
}

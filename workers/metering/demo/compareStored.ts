import type { Database } from "../mdms/database/types.js";
import type { MeteringPlay, MeteringResult } from "./types.js";

/** What the meters measured, beside what the MDMS holds. @param measured Wh of a home in an interval, both by their number. */
export async function compareStored(
  database: Database,
  homes: MeteringPlay["homes"],
  measured: (home: number, interval: number) => number | undefined,
  intervals: number,
): Promise<
  Pick<
    MeteringResult,
    "reportsSent" | "reportsStored" | "energyWhSent" | "energyWhStored" | "homesThatDiffer"
  >
> {
  const rows = await database.all<{ usage_point: string; n: number; wh: number }>(
    "SELECT usage_point, count(*) AS n, sum(energy_wh) AS wh FROM intervals WHERE quality = 'measured' GROUP BY usage_point",
  );
  const stored = new Map(rows.map((row) => [row.usage_point, row]));
  const totals = { reportsSent: 0, reportsStored: 0, energyWhSent: 0, energyWhStored: 0 };
  const homesThatDiffer: string[] = [];
  for (const [home, { name }] of homes.entries()) {
    let sum = 0;
    for (let interval = 1; interval <= intervals; interval++) {
      const used = measured(home, interval);
      if (used === undefined) continue;
      totals.reportsSent++;
      sum += used;
    }
    const held = stored.get(name);
    totals.energyWhSent += sum;
    totals.reportsStored += held?.n ?? 0;
    totals.energyWhStored += held?.wh ?? 0;
    if (held?.wh !== sum) homesThatDiffer.push(name);
  }
  return { ...totals, homesThatDiffer };
}

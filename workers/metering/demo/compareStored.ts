import type { Database } from "../mdms/database/types.js";
import type { MeteringPlay, MeteringResult } from "./types.js";

/** What the meter of a home did. */
export interface HomeSent {
  /** Wh of the interval that ends at a time, unix seconds; undefined where nothing was measured. */
  readonly measured: (time: number) => number | undefined;
  /** The ends of the intervals of which a report came over the wire. */
  readonly sent: ReadonlySet<number>;
}

/**
 * What the meters measured and sent, beside what the MDMS holds, interval by interval.
 *
 * @param sentOf by the home's place.
 * @param times ends of the intervals that were played, unix seconds.
 */
export async function compareStored(
  database: Database,
  homes: MeteringPlay["homes"],
  sentOf: (home: number) => HomeSent,
  times: readonly number[],
): Promise<
  Pick<
    MeteringResult,
    "reportsSent" | "reportsStored" | "energyWhSent" | "energyWhStored" | "homesThatDiffer"
  >
> {
  const totals = { reportsSent: 0, reportsStored: 0, energyWhSent: 0, energyWhStored: 0 };
  const homesThatDiffer: string[] = [];
  for (const [home, { name }] of homes.entries()) {
    const { measured, sent } = sentOf(home);
    const rows = await database.all<{ tau: number; energy_wh: number }>(
      "SELECT tau, energy_wh FROM intervals WHERE usage_point = $1 AND quality = 'measured'",
      name,
    );
    const stored = new Map(rows.map(({ tau, energy_wh: wh }) => [tau, wh]));
    totals.reportsSent += sent.size;
    totals.reportsStored += stored.size;
    for (const time of sent) totals.energyWhSent += measured(time) ?? 0;
    for (const wh of stored.values()) totals.energyWhStored += wh;
    const all = new Set([...times, ...sent, ...stored.keys()]);
    const same = (time: number): boolean =>
      stored.get(time) === measured(time) && stored.has(time) === sent.has(time);
    if (![...all].every(same)) homesThatDiffer.push(name);
  }
  return { ...totals, homesThatDiffer };
}

import type { Database } from "../database/types.js";
import { usagePoints } from "../store/installations.js";
import { validateAndEstimate } from "./validateAndEstimate.js";

const DAY = 86_400;
/** Days before that are looked at again each time, for what came late. */
const AGAIN = 7;

/** How much of a day's validation is done. */
export interface ValidatedDays {
  /** Usage points that were validated now. */
  readonly points: number;
  readonly findings: number;
  readonly estimated: number;
  /** Usage points that still wait. */
  readonly left: number;
}

/**
 * Validates and estimates the days that are over (UTC), with the week before them, at up to `most` usage points; what was
 * done is noted, so that the next call, or another instance, goes on.
 *
 * @param now unix seconds up to which reports are stored.
 * @param afterSeconds how long after midnight a day is over.
 */
export async function validateDays(
  database: Database,
  intervalSeconds: number,
  now: number,
  afterSeconds: number,
  most: number,
): Promise<ValidatedDays> {
  const until = Math.floor((now - afterSeconds) / DAY) * DAY;
  const rows = await database.all<{ usage_point: string; until: number }>("SELECT * FROM validated");
  const done = new Map(rows.map((row) => [row.usage_point, row.until]));
  const due = (await usagePoints(database)).filter((point) => (done.get(point) ?? 0) < until);
  let findings = 0;
  let estimated = 0;
  for (const point of due.slice(0, most)) {
    const since = Math.min(done.get(point) ?? until, until) - AGAIN * DAY;
    const vee = await validateAndEstimate(database, point, since, until, intervalSeconds);
    findings += vee.findings.length;
    estimated += vee.estimated;
    await database.run(
      `INSERT INTO validated (usage_point, until) VALUES ($1, $2)
       ON CONFLICT (usage_point) DO UPDATE SET until = excluded.until`,
      point,
      until,
    );
  }
  const points = Math.min(due.length, most);
  return { points, findings, estimated, left: due.length - points };
}

import type { Session } from "./database/types.js";
import { deletedUntil } from "./store/deletedUntil.js";
import { installationsAt } from "./store/installations.js";
import { intervalsOf } from "./store/intervals.js";

/** Missing intervals, one after the other, from the end of the first to the end of the last (unix seconds). */
export interface MissingRun {
  readonly first: number;
  readonly last: number;
  readonly intervals: number;
  /** How many of them an estimate stands for. */
  readonly estimated: number;
}

/** What of a usage point is measured. */
export interface Completeness {
  readonly usagePoint: string;
  /** The meters that are or were there, oldest first. */
  readonly meters: readonly number[];
  /** Intervals that end after `since` and up to `until` were to come, unix seconds. */
  readonly since: number;
  readonly until: number;
  readonly expected: number;
  readonly measured: number;
  /** measured / expected, %; undefined if nothing was to come. */
  readonly percent: number | undefined;
  readonly missing: readonly MissingRun[];
}

/**
 * Which intervals of a usage point were to come, and which did not: from when its first meter was installed, or what it used
 * was deleted, up to `until`.
 */
export async function completeness(
  session: Session,
  usagePoint: string,
  until: number,
  intervalSeconds: number,
): Promise<Completeness> {
  const installations = await installationsAt(session, usagePoint);
  const installed = installations[0]?.since ?? until;
  const begin = Math.max(installed, await deletedUntil(session, usagePoint));
  // An interval that began before the meter came is none of its.
  const since = Math.ceil(begin / intervalSeconds) * intervalSeconds;
  const stands = new Map(
    (await intervalsOf(session, usagePoint, since, until)).map(({ tau, quality }) => [tau, quality]),
  );
  let expected = 0;
  let measured = 0;
  const missing: MissingRun[] = [];
  for (let tau = since + intervalSeconds; tau <= until; tau += intervalSeconds) {
    expected++;
    const quality = stands.get(tau);
    if (quality === "measured") {
      measured++;
      continue;
    }
    const run = missing.at(-1);
    const estimated = quality === "estimated" ? 1 : 0;
    if (run?.last !== tau - intervalSeconds) {
      missing.push({ first: tau, last: tau, intervals: 1, estimated });
    } else {
      missing[missing.length - 1] = {
        first: run.first,
        last: tau,
        intervals: run.intervals + 1,
        estimated: run.estimated + estimated,
      };
    }
  }
  const percent = expected === 0 ? undefined : (100 * measured) / expected;
  const meters = installations.map(({ meter }) => meter);
  return { usagePoint, meters, since, until, expected, measured, percent, missing };
}

/** The end of the newest interval that any meter reported, unix seconds; undefined without any. */
export async function newestInterval(session: Session): Promise<number | undefined> {
  const [row] = await session.all<{ tau: number | null }>("SELECT max(tau) AS tau FROM reports");
  return row?.tau ?? undefined;
}

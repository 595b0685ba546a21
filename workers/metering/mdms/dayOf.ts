import type { Session } from "./database/types.js";
import { findingsOf } from "./store/findings.js";
import { type Interval, intervalsOf, type ReplacedInterval, replacedOf } from "./store/intervals.js";
import { type Installation, installationsAt } from "./store/installations.js";
import type { Finding } from "./vee/validate.js";

const DAY = 86_400;

/** A day of a usage point, UTC. */
export interface UsageDay {
  readonly usagePoint: string;
  /** Its first second, unix seconds. */
  readonly day: number;
  readonly intervalSeconds: number;
  /** The meters that measured on that day. */
  readonly meters: readonly number[];
  /** In the order of τ. */
  readonly intervals: readonly Interval[];
  /** What stood there before. */
  readonly replaced: readonly ReplacedInterval[];
  readonly findings: readonly Finding[];
  readonly energyWh: number;
  /** Intervals of the day that are not there. */
  readonly missing: readonly number[];
}

/** Reads a day of a usage point. @param day its first second; undefined: the last that has an interval. */
export async function dayOf(
  session: Session,
  usagePoint: string,
  day: number | undefined,
  intervalSeconds: number,
): Promise<UsageDay | undefined> {
  const since = day ?? (await lastDay(session, usagePoint));
  if (since === undefined) return undefined;
  const until = since + DAY;
  const intervals = await intervalsOf(session, usagePoint, since, until);
  const held = new Set(intervals.map(({ tau }) => tau));
  const last = intervals.at(-1)?.tau ?? since;
  const installations = await installationsAt(session, usagePoint);
  const first = installations[0]?.since ?? since;
  const missing: number[] = [];
  for (let tau = since + intervalSeconds; tau <= last; tau += intervalSeconds) {
    if (tau - intervalSeconds >= first && !held.has(tau)) missing.push(tau);
  }
  return {
    usagePoint,
    day: since,
    intervalSeconds,
    meters: installations.filter((one) => wasThere(one, since, until)).map(({ meter }) => meter),
    intervals,
    replaced: await replacedOf(session, usagePoint, since, until),
    findings: await findingsOf(session, usagePoint, since, until),
    energyWh: intervals.reduce((sum, { energyWh }) => sum + energyWh, 0),
    missing,
  };
}

function wasThere({ since, until }: Installation, from: number, to: number): boolean {
  return since < to && (until === undefined || until > from);
}

async function lastDay(session: Session, usagePoint: string): Promise<number | undefined> {
  const [row] = await session.all<{ tau: number | null }>(
    "SELECT max(tau) AS tau FROM intervals WHERE usage_point = $1",
    usagePoint,
  );
  return row?.tau == null ? undefined : Math.floor((row.tau - 1) / DAY) * DAY;
}

import { REGISTER_MODULUS_WH } from "../../report/usagePlaintext.js";
import type { Database } from "../database/types.js";
import { deletedUntil } from "../store/deletedUntil.js";
import { putFindings } from "../store/findings.js";
import { installationsAt } from "../store/installations.js";
import { type Interval, intervalsOf, putInterval } from "../store/intervals.js";
import { estimateGap } from "./estimateGap.js";
import { heldOutError } from "./heldOutError.js";
import { findGaps, type Gap, tausOf } from "./series.js";
import { type Finding, type Reading, validate } from "./validate.js";

/** How far around a stretch measured intervals are looked at for like days, seconds. */
const AROUND_SECONDS = 36 * 86_400;

/** What validation and estimation did at a usage point. */
export interface Vee {
  readonly findings: readonly Finding[];
  /** Intervals that were estimated, or estimated anew. */
  readonly estimated: number;
  /** Missing intervals that nothing near by tells. */
  readonly unestimated: number;
}

/**
 * Validation, estimation and editing of the intervals of a usage point that end after `since` and up to `until`: findings
 * are written down by the last interval that they are about, missing intervals estimated and marked as such. What began
 * before `since` is seen whole. Done again after late data came, it replaces what it said before; what stood is kept.
 */
export async function validateAndEstimate(
  database: Database,
  usagePoint: string,
  since: number,
  until: number,
  intervalSeconds: number,
): Promise<Vee> {
  return database.transaction(async (session) => {
    const all = await intervalsOf(session, usagePoint, since - AROUND_SECONDS, until + AROUND_SECONDS);
    const readings = all.flatMap(({ tau, energyWh, quality, meter, registerWh }): Reading[] =>
      quality === "measured" && meter !== undefined && registerWh !== undefined
        ? [{ tau, energyWh, meter, registerWh }]
        : [],
    );
    // Nothing is missing before the first meter was there, and what was deleted is not put back by estimates.
    const [first] = await installationsAt(session, usagePoint);
    const begin = Math.max(first?.since ?? until, await deletedUntil(session, usagePoint));
    // What began before `since` is seen whole: a gap, a run of zeros, a day, and the register before the first interval.
    const reach = gridAfter(Math.max(since - AROUND_SECONDS, begin), intervalSeconds);
    const sofar = readings.filter(({ tau }) => tau <= until);
    const found = validate(sofar, intervalSeconds, reach, until, REGISTER_MODULUS_WH);
    const findings = found.filter(({ tau }) => tau > since);
    await putFindings(session, usagePoint, since, until, findings);

    const series = {
      intervalSeconds,
      measured: new Map(readings.map(({ tau, energyWh }) => [tau, energyWh])),
    };
    let estimated = 0;
    let unestimated = 0;
    const errors = new Map<string, number | undefined>();
    for (const gap of findGaps(series, reach, until)) {
      if (lastOf(gap, intervalSeconds) <= since) continue;
      const registerWh = registerOver(readings, gap, intervalSeconds);
      if (stands(all, gap, registerWh !== undefined, intervalSeconds)) continue;
      const estimate = estimateGap(series, gap, registerWh, REGISTER_MODULUS_WH);
      if (estimate === undefined) {
        unestimated += gap.count;
        continue;
      }
      const key = `${gap.count} ${registerWh !== undefined}`;
      if (!errors.has(key)) {
        errors.set(key, heldOutError(series, gap.count, registerWh !== undefined, REGISTER_MODULUS_WH));
      }
      for (const [i, tau] of tausOf(gap, intervalSeconds).entries()) {
        const interval = {
          usagePoint,
          tau,
          energyWh: estimate.energyWh[i]!,
          quality: "estimated" as const,
          meter: undefined,
          registerWh: undefined,
          method: estimate.method,
          errorWh: errors.get(key),
        };
        if (await putInterval(session, interval, "estimated anew")) estimated++;
      }
    }
    return { findings, estimated, unestimated };
  });
}

/** Whether a gap was estimated already, from no less than is known now: an estimate stays until better is known. */
function stands(
  intervals: readonly Interval[],
  gap: Gap,
  withRegister: boolean,
  intervalSeconds: number,
): boolean {
  const last = lastOf(gap, intervalSeconds);
  const before = intervals.filter(({ tau }) => tau >= gap.first && tau <= last);
  const already = before.every(({ method }) => method?.endsWith("+register") ?? false);
  return before.length === gap.count && (already || !withRegister);
}

/** τ of a gap's last interval. */
function lastOf({ first, count }: Gap, intervalSeconds: number): number {
  return first + (count - 1) * intervalSeconds;
}

function gridAfter(time: number, intervalSeconds: number): number {
  return Math.ceil(time / intervalSeconds) * intervalSeconds;
}

/** What the register moved over a gap, modulo its digits; undefined unless the same meter reported on both sides. */
function registerOver(
  readings: readonly Reading[],
  { first, count }: Gap,
  intervalSeconds: number,
): number | undefined {
  const before = readings.find(({ tau }) => tau === first - intervalSeconds);
  const after = readings.find(({ tau }) => tau === first + count * intervalSeconds);
  if (before === undefined || after === undefined || before.meter !== after.meter) return undefined;
  const moved = after.registerWh - after.energyWh - before.registerWh;
  return ((moved % REGISTER_MODULUS_WH) + REGISTER_MODULUS_WH) % REGISTER_MODULUS_WH;
}

import type { IntervalReading } from "./types.js";

const HALF_HOUR = 1_800;
const WEEK = 7 * 86_400;
/** Weeks that are repeated, at most: what is kept at hand of a household. */
const MOST_WEEKS = 5;

/**
 * The last whole weeks of a household, five at most, again and again, before and after: a Monday's evening is always one of a
 * Monday. At a time it says the same whenever it is asked. Half hours that are missing stay missing, in every round.
 *
 * @param readings half hours in the order of time.
 * @param intervalSeconds whole half hours: as many of them as an interval has are added up.
 * @returns Wh of the interval that ends at a time, unix seconds; undefined if a half hour of it is missing.
 */
export function repeated(
  readings: readonly IntervalReading[],
  intervalSeconds: number,
): (time: number) => number | undefined {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined) return () => undefined;
  const weeks = Math.floor((last.time - first.time + HALF_HOUR) / WEEK);
  const period = Math.min(Math.max(weeks, 1), MOST_WEEKS) * WEEK;
  const known = new Map(
    readings
      .filter(({ time }) => time > last.time - period)
      .map(({ time, usageWh }) => [time % period, usageWh] as const),
  );
  return (time) => {
    let sum = 0;
    for (let end = time; end > time - intervalSeconds; end -= HALF_HOUR) {
      const usageWh = known.get(((end % period) + period) % period);
      if (usageWh === undefined) return undefined;
      sum += usageWh;
    }
    return sum;
  };
}

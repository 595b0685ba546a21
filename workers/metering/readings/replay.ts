import type { IntervalReading } from "./types.js";

const DAY = 86_400;
const WEEK = 7 * DAY;

/**
 * The last readings of a household, moved in time so that the window ends now: by whole weeks and, within the last one,
 * whole days, so that the time of day stays what it was.
 *
 * @param readings in the order of time.
 * @param end where the window ends: unix seconds, on the readings' grid of intervals.
 * @param intervals how many intervals the window has; missing ones stay missing.
 */
export function replay(
  readings: readonly IntervalReading[],
  end: number,
  intervals: number,
  intervalSeconds: number,
): IntervalReading[] {
  const last = readings.at(-1);
  if (last === undefined) return [];
  // The latest time of the same time of day that the data still has.
  const source = last.time - ((((last.time - end) % DAY) + DAY) % DAY);
  const shift = end - source;
  const weeks = Math.round(shift / WEEK) * WEEK;
  // By whole weeks where the data reaches that far back: a Sunday stays a Sunday.
  const move = end - weeks <= last.time ? weeks : weeks + WEEK;
  const since = end - intervals * intervalSeconds;
  return readings
    .map(({ time, usageWh }) => ({ time: time + move, usageWh }))
    .filter(({ time }) => time > since && time <= end);
}

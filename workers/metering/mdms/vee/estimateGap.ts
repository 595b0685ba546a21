import { type Gap, type Series, tausOf } from "./series.js";

/**
 * How missing intervals were estimated: `linear` between the neighbours, for gaps of two hours and less; `like-day`, the
 * mean of the same interval on up to four like days (the same day of the week, or else the same kind of day) of the five
 * weeks before and after; `same-time`, the mean of the same time of day where no like day is there. `+register`: scaled
 * to what the meter's register moved over the gap.
 */
export type Method = "linear" | "like-day" | "same-time" | `${"linear" | "like-day" | "same-time"}+register`;

export interface GapEstimate {
  readonly method: Method;
  /** Whole Wh of each interval of the gap. */
  readonly energyWh: readonly number[];
}

const DAY = 86_400;
const LONGEST_LINEAR_SECONDS = 7_200;
const LIKE_DAYS = 4;
const WEEKS_AROUND = 5;

/**
 * Estimates the intervals of a gap from measured ones around it.
 *
 * @param registerWh what the register moved over the gap, modulo `registerModulus`; undefined if it is not known.
 * @returns undefined if nothing measured is near enough to tell.
 */
export function estimateGap(
  series: Series,
  gap: Gap,
  registerWh: number | undefined,
  registerModulus: number,
): GapEstimate | undefined {
  const shaped = shapeOf(series, gap);
  if (shaped === undefined) return undefined;
  const { kind, values } = shaped;
  if (registerWh === undefined) return { method: kind, energyWh: values.map(Math.round) };
  const sum = values.reduce((total, value) => total + value, 0);
  // The register says the total up to whole turns; the shape says which turn.
  const turns = Math.max(0, Math.round((sum - registerWh) / registerModulus));
  const total = registerWh + turns * registerModulus;
  const scaled = sum > 0 ? values.map((value) => (value * total) / sum) : values.map(() => total / gap.count);
  return { method: `${kind}+register`, energyWh: wholeWithSum(scaled, total) };
}

function shapeOf(
  series: Series,
  gap: Gap,
): { kind: "linear" | "like-day" | "same-time"; values: number[] } | undefined {
  const short = gap.count * series.intervalSeconds <= LONGEST_LINEAR_SECONDS;
  const linear = short ? interpolate(series, gap) : undefined;
  if (linear !== undefined) return { kind: "linear", values: linear };
  const taus = tausOf(gap, series.intervalSeconds);
  const like = taus.map((tau) => likeDayMean(series, tau));
  if (like.every((value) => value !== undefined)) return { kind: "like-day", values: like };
  const same = taus.map((tau, i) => like[i] ?? sameTimeMean(series, tau));
  if (same.every((value) => value !== undefined)) return { kind: "same-time", values: same };
  return undefined;
}

/** On the straight line between the measured neighbours, undefined where one is missing. */
function interpolate({ intervalSeconds, measured }: Series, { first, count }: Gap): number[] | undefined {
  const before = measured.get(first - intervalSeconds);
  const after = measured.get(first + count * intervalSeconds);
  if (before === undefined || after === undefined) return undefined;
  return Array.from({ length: count }, (_, i) => before + ((after - before) * (i + 1)) / (count + 1));
}

/** The mean over the nearest like days. */
function likeDayMean(series: Series, tau: number): number | undefined {
  const sameWeekday: number[] = [];
  for (let week = 1; week <= WEEKS_AROUND && sameWeekday.length < LIKE_DAYS; week++) {
    take(series, tau - week * 7 * DAY, sameWeekday);
    if (sameWeekday.length < LIKE_DAYS) take(series, tau + week * 7 * DAY, sameWeekday);
  }
  if (sameWeekday.length > 0) return mean(sameWeekday);
  const sameKind: number[] = [];
  for (let day = 1; day <= WEEKS_AROUND * 7 && sameKind.length < LIKE_DAYS; day++) {
    for (const other of [tau - day * DAY, tau + day * DAY]) {
      if (isWeekend(other) === isWeekend(tau) && sameKind.length < LIKE_DAYS) take(series, other, sameKind);
    }
  }
  return sameKind.length > 0 ? mean(sameKind) : undefined;
}

/** The mean of the same time of day over all days near by. */
function sameTimeMean(series: Series, tau: number): number | undefined {
  const found: number[] = [];
  for (let day = 1; day <= WEEKS_AROUND * 7; day++) {
    take(series, tau - day * DAY, found);
    take(series, tau + day * DAY, found);
  }
  return found.length > 0 ? mean(found) : undefined;
}

function take({ measured }: Series, tau: number, into: number[]): void {
  const value = measured.get(tau);
  if (value !== undefined) into.push(value);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** By the day on which the interval begins, in universal time. */
function isWeekend(tau: number): boolean {
  const day = new Date((tau - 1) * 1_000).getUTCDay();
  return day === 0 || day === 6;
}

/** Whole numbers near the given ones that add up to `total`: the largest remainders are rounded up. */
function wholeWithSum(values: readonly number[], total: number): number[] {
  const whole = values.map(Math.floor);
  let left = total - whole.reduce((sum, value) => sum + value, 0);
  const byRemainder = values
    .map((value, i) => ({ i, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (let k = 0; left > 0; k = (k + 1) % byRemainder.length, left--) whole[byRemainder[k]!.i]!++;
  return whole;
}

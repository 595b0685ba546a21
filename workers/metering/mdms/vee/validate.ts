import { findGaps, type Series } from "./series.js";

/** What validation finds. `register`: intervals and register disagree. */
export type FindingKind = "register" | "spike" | "zeros" | "gap";

export interface Finding {
  readonly kind: FindingKind;
  /** The last interval that it is about. */
  readonly tau: number;
  /** How many intervals it is about. */
  readonly intervals: number;
  readonly detail: string;
}

/** A measured interval, as validation needs it. */
export interface Reading {
  readonly tau: number;
  readonly energyWh: number;
  readonly meter: number;
  /** The register's last digits at τ. */
  readonly registerWh: number;
}

const DAY = 86_400;
/** A day's peak is a spike if it exceeds the third highest interval by more than this many times. */
const SPIKE_RATIO = 1.8;
/** No spike below this power, W: a kettle beside a sleeping house is none. */
const SPIKE_FLOOR_WATTS = 9_000;
/** Hours without any use, from which they are worth a look. */
const ZERO_HOURS = 24;

/**
 * Validates the measured intervals of a usage point that end after `since` and up to `until`, as utilities do.
 *
 * @param readings in the order of τ.
 */
export function validate(
  readings: readonly Reading[],
  intervalSeconds: number,
  since: number,
  until: number,
  registerModulus: number,
): Finding[] {
  const series: Series = {
    intervalSeconds,
    measured: new Map(readings.map(({ tau, energyWh }) => [tau, energyWh])),
  };
  const gaps = findGaps(series, since, until).map(({ first, count }): Finding => ({
    kind: "gap",
    tau: first + (count - 1) * intervalSeconds,
    intervals: count,
    detail: `${count} intervals are missing`,
  }));
  return [
    ...gaps,
    ...registerBreaks(readings, intervalSeconds, registerModulus),
    ...spikes(readings, intervalSeconds),
    ...zeroRuns(readings, intervalSeconds),
  ].sort((a, b) => a.tau - b.tau);
}

/** Where the register did not move by what the interval says. Over a gap the register tells the total and cannot break. */
function registerBreaks(readings: readonly Reading[], intervalSeconds: number, modulus: number): Finding[] {
  return readings.flatMap((reading, i) => {
    const before = readings[i - 1];
    if (before === undefined || before.meter !== reading.meter) return [];
    if (before.tau + intervalSeconds !== reading.tau) return [];
    const moved = (reading.registerWh - before.registerWh + modulus) % modulus;
    if (moved === reading.energyWh % modulus) return [];
    const detail = `the register moved ${moved} Wh, the interval says ${reading.energyWh} Wh (modulo ${modulus})`;
    return [{ kind: "register" as const, tau: reading.tau, intervals: 1, detail }];
  });
}

/** The peak of a day that towers above the day's third highest interval. */
function spikes(readings: readonly Reading[], intervalSeconds: number): Finding[] {
  const days = Map.groupBy(readings, ({ tau }) => Math.floor((tau - 1) / DAY));
  return [...days.values()].flatMap((day) => {
    const [peak, , third] = [...day].sort((a, b) => b.energyWh - a.energyWh);
    if (peak === undefined || third === undefined) return [];
    const watts = (peak.energyWh * 3_600) / intervalSeconds;
    if (watts < SPIKE_FLOOR_WATTS || peak.energyWh <= third.energyWh * (1 + SPIKE_RATIO)) return [];
    const detail = `${peak.energyWh} Wh, the day's third highest interval has ${third.energyWh} Wh`;
    return [{ kind: "spike" as const, tau: peak.tau, intervals: 1, detail }];
  });
}

/** Long stretches in which nothing was used. */
function zeroRuns(readings: readonly Reading[], intervalSeconds: number): Finding[] {
  const found: Finding[] = [];
  let run: Reading[] = [];
  const end = (): void => {
    const hours = (run.length * intervalSeconds) / 3_600;
    if (hours >= ZERO_HOURS) {
      const detail = `nothing used for ${hours} hours`;
      found.push({ kind: "zeros", tau: run.at(-1)!.tau, intervals: run.length, detail });
    }
    run = [];
  };
  for (const reading of readings) {
    const goesOn = run.length === 0 || run.at(-1)!.tau + intervalSeconds === reading.tau;
    if (reading.energyWh !== 0 || !goesOn) end();
    if (reading.energyWh === 0) run.push(reading);
  }
  end();
  return found;
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { plausibleReading } from "../readings/plausible.js";
import { readHousehold } from "../readings/readHousehold.js";
import { replay } from "../readings/replay.js";
import type { UsageSource } from "./fleet.js";

/** Intervals of a household that are kept at hand: forty days of half hours. */
const WINDOW = 40 * 48;

/** Plausible households, a different one for each meter. */
export function plausibleSource(intervalSeconds: number): UsageSource {
  return (meter, time) => plausibleReading(meter, time, intervalSeconds).usageWh;
}

/**
 * Households from files (`.csv`, `.csv.gz`), given to the meters in turn and moved in time so that the data ends with the
 * day that is asked for first.
 *
 * @param end unix seconds, on the grid of intervals.
 */
export function householdSource(folder: string, end: number, intervalSeconds: number): UsageSource {
  const files = readdirSync(folder)
    .filter((name) => /\.csv(\.gz)?$/u.test(name))
    .sort();
  const homes = new Map<number, Map<number, number>>();
  const home = (index: number): Map<number, number> => {
    let known = homes.get(index);
    if (known === undefined) {
      const window = replay(readHousehold(join(folder, files[index]!)), end, WINDOW, intervalSeconds);
      known = new Map(window.map(({ time, usageWh }) => [time, usageWh]));
      homes.set(index, known);
    }
    return known;
  };
  return (meter, time) => home((meter - 1) % files.length).get(time);
}

import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { plausibleReading } from "../../workers/metering/readings/plausible.js";
import { readHousehold } from "../../workers/metering/readings/readHousehold.js";
import type { Household } from "./reportTimes.js";

const INTERVAL = 1_800;

/** Households, and whether they are real ones. */
export interface Households {
  readonly real: boolean;
  readonly households: readonly Household[];
}

/** The first readings of the first households of a folder, or, if it is not there, plausible ones. */
export function openHouseholds(folder: string, count: number, readings: number): Households {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.csv(\.gz)?$/u.test(name))
        .sort()
    : [];
  if (files.length >= count) {
    const households = files.slice(0, count).map((file) => ({
      name: basename(file).replace(/\.csv(\.gz)?$/u, ""),
      readings: readHousehold(join(folder, file)).slice(0, readings),
    }));
    return { real: true, households };
  }
  const first = Math.ceil(Date.UTC(2013, 0, 1) / 1_000 / INTERVAL);
  const households = Array.from({ length: count }, (_, home) => ({
    name: `household ${home + 1}`,
    readings: Array.from({ length: readings }, (_unused, i) =>
      plausibleReading(home + 1, (first + i) * INTERVAL, INTERVAL),
    ),
  }));
  return { real: false, households };
}

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ProgramConfigError } from "../../program/readConfig.js";
import { plausibleReading } from "../readings/plausible.js";
import { readHousehold } from "../readings/readHousehold.js";
import { repeated } from "../readings/repeated.js";
import type { UsageSource } from "./fleet.js";

const HALF_HOUR = 1_800;

/** Plausible households, a different one for each meter. */
export function plausibleSource(intervalSeconds: number): UsageSource {
  return (meter, time) => plausibleReading(meter, time, intervalSeconds).usageWh;
}

/**
 * Households from files (`.csv`, `.csv.gz`), given to the meters in turn. Their last weeks are repeated for ever.
 *
 * @param intervalSeconds whole half hours, as the files have them.
 * @throws ProgramConfigError where there are no such files, or intervals of another length.
 */
export function householdSource(folder: string, intervalSeconds: number): UsageSource {
  if (intervalSeconds % HALF_HOUR !== 0) {
    throw new ProgramConfigError(
      `intervalSeconds: ${intervalSeconds}: household files are of half hours; a multiple of ${HALF_HOUR} is needed`,
    );
  }
  const files = filesIn(folder);
  const homes = new Map<number, (time: number) => number | undefined>();
  return (meter, time) => {
    const index = (meter - 1) % files.length;
    let home = homes.get(index);
    if (home === undefined)
      homes.set(index, (home = repeated(readHousehold(files[index]!), intervalSeconds)));
    return home(time);
  };
}

function filesIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ProgramConfigError(`readings: ${folder}: there is no such folder`);
  const files = readdirSync(folder)
    .filter((name) => /\.csv(\.gz)?$/u.test(name))
    .sort();
  if (files.length === 0)
    throw new ProgramConfigError(`readings: ${folder}: holds no household file (.csv, .csv.gz)`);
  return files.map((name) => join(folder, name));
}

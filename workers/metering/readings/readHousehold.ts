import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { IntervalReading } from "./types.js";

/** A file of household readings that cannot be read. */
export class HouseholdFileError extends Error {
  override readonly name = "HouseholdFileError";
  constructor(path: string, line: number, text: string) {
    super(`${path}:${line}: ${JSON.stringify(text.slice(0, 80))} is no reading`);
  }
}

const ROW = /^[^,]*,(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)[^,]*,\s*([0-9.]+|Null)\s*$/u;

/**
 * Reads a household of the Low Carbon London trial: CSV, gzipped if its name says so, of an id, the end of the half hour,
 * and the energy in kWh. Energies are rounded to Wh, times taken for UTC; of a time that comes twice the first counts, and
 * rows without energy are left out.
 *
 * @returns in the order of time.
 * @throws HouseholdFileError naming the line.
 */
export function readHousehold(path: string): IntervalReading[] {
  const bytes = readFileSync(path);
  const lines = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trimEnd().split(/\r?\n/u);
  const readings = new Map<number, IntervalReading>();
  for (const [index, text] of lines.entries()) {
    if (index === 0) continue;
    const row = ROW.exec(text);
    if (row === null) throw new HouseholdFileError(path, index + 1, text);
    if (row[3] === "Null") continue;
    const time = Date.parse(`${row[1]}T${row[2]}Z`) / 1_000;
    if (!readings.has(time)) readings.set(time, { time, usageWh: Math.round(Number(row[3]) * 1_000) });
  }
  return [...readings.values()].sort((a, b) => a.time - b.time);
}

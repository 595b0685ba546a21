import type { StoredMeasurement } from "../store/measurements.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import type { SupplementEntry } from "../measurement/packValues.js";
import type { VersionMeter } from "./versionModel.js";

/**
 * The values of a slot's batch from the readings of its meters, `MISSING_VALUE` where there is none. A reading that was
 * taken under another power unit is converted; one beyond the range that the version gives its meter is missing too.
 *
 * @param meters the operator's, in the order of its batch.
 */
export function composeBatch(
  meters: readonly VersionMeter[],
  readings: ReadonlyMap<string, StoredMeasurement>,
  powerUnitKw: number,
): Int32Array {
  return Int32Array.from(meters, (meter) => {
    const reading = readings.get(meter.id);
    if (reading?.counts === undefined) return MISSING_VALUE;
    const factor = meter.kind === "pmu" ? 1 : reading.powerUnitKw / powerUnitKw;
    const counts = factor === 1 ? reading.counts : Math.round(reading.counts * factor);
    return counts >= -meter.rangeCounts && counts < meter.rangeCounts ? counts : MISSING_VALUE;
  });
}

/** The values that a batch is missing and the readings now have. */
export function composeSupplement(sent: Int32Array, now: Int32Array): SupplementEntry[] {
  const entries: SupplementEntry[] = [];
  for (const [position, value] of now.entries()) {
    if (sent[position] === MISSING_VALUE && value !== MISSING_VALUE) entries.push({ position, value });
  }
  return entries;
}

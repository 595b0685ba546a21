import type { VersionRecords } from "../grid/version/types.js";
import { packAngles } from "./packValues.js";
import { angleUnits } from "./versionEstimator.js";

/**
 * Angles with the version's digits, as the ledger takes them.
 *
 * @param theta radians, one per tree record without the roots.
 * @returns undefined if they do not fit into the ledger's integers: false values may ask for such.
 */
export function fittingAngles(records: VersionRecords, theta: Float64Array): Uint8Array | undefined {
  try {
    return packAngles(angleUnits(records, theta));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

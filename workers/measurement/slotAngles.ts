import type { Estimator } from "../estimation/estimator.js";
import type { VersionRecords } from "../grid/version/types.js";
import { FINER_DIGITS, fineAngles } from "./fineAngles.js";
import { packAngles } from "./packValues.js";
import { packFineAngles } from "./packFineAngles.js";
import { angleUnits } from "./versionEstimator.js";

/** The angles that settle a complete slot. */
export interface SlotAngles {
  /** Of 8 bytes, not of 5: the version is factored. */
  readonly fine: boolean;
  /** Radians times this are units. */
  readonly unitsPerRad: number;
  /** By tree record; zero for the roots. */
  readonly units: readonly bigint[];
}

/**
 * The angles that settle a complete slot: with the version's digits or, under a factored version, with 24 more.
 *
 * @param estimator Of the version.
 * @param counts By meter.
 * @param theta The estimate, radians, by column.
 */
export function slotAngles(
  records: VersionRecords,
  estimator: Estimator,
  counts: ArrayLike<number>,
  theta: Float64Array,
): SlotAngles {
  const { factored, angleDigits } = records.geometry;
  return factored
    ? {
        fine: true,
        unitsPerRad: 2 ** (angleDigits + FINER_DIGITS),
        units: fineAngles(records, estimator, counts, theta),
      }
    : {
        fine: false,
        unitsPerRad: 2 ** angleDigits,
        units: Array.from(angleUnits(records, theta), (units) => BigInt(units)),
      };
}

/** The angles as the ledger takes them. @throws RangeError naming the state whose angle does not fit. */
export function packSlotAngles({ fine, units }: SlotAngles): Uint8Array {
  return fine ? packFineAngles(units) : packAngles(units.map(Number));
}

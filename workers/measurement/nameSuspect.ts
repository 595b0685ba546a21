import type { Estimator } from "../estimation/estimator.js";
import type { VersionRecords } from "../grid/version/types.js";
import { largestResidual } from "./estimateSlot.js";
import { packAngles } from "./packValues.js";
import { angleUnits, rowValues } from "./versionEstimator.js";

/** A claim as `Suspects.name` takes it, and what it will prove. */
export interface SuspectClaim {
  /** Number of the meter in the version. */
  readonly meter: number;
  /** |r_i| / √Ω_ii. */
  readonly normalisedResidual: number;
  /** What J falls by without the meter: the square of that. */
  readonly drop: number;
  /** What the other rows say that the meter should have read, counts. */
  readonly correctedCounts: number;
  /** The estimate without the meter, packed. */
  readonly angles: Uint8Array;
}

/** The residual of a critical meter is always zero: nothing can be proved about it. */
export class CriticalMeterError extends Error {
  override readonly name = "CriticalMeterError";
  constructor(readonly meter: string) {
    super(
      `${meter} is critical: without it the grid is not observable, so that its residual is always zero and no error of it can be seen`,
    );
  }
}

/** No meter has a residual of its own: all of them are critical. */
export class NoSuspectError extends Error {
  override readonly name = "NoSuspectError";
  constructor() {
    super("no meter can be suspected: all of them are critical");
  }
}

/**
 * The claim for a meter of a slot in which every meter reported: its normalised residual, and the least-squares estimate
 * of the rows without it. That is also the estimate with the meter's value corrected to `z_i - r_i/S_ii`
 * (S_ii = w_i Ω_ii), which needs no other factor.
 *
 * @param counts By meter; none missing.
 * @param meter The one to name; left out, that of the largest normalised residual.
 * @param name What to call the meter in an error.
 * @throws CriticalMeterError if it is critical; NoSuspectError if all are.
 * @throws RangeError if the angles do not fit into the ledger's integers.
 */
export function nameSuspect(
  records: VersionRecords,
  estimator: Estimator,
  counts: ArrayLike<number>,
  meter?: number,
  name = `meter ${meter}`,
): SuspectClaim {
  estimator.refactor();
  const z = rowValues(records, counts);
  const { residual } = estimator.estimate(z);
  const { value, redundancy, critical } = estimator.normalisedResiduals(residual);
  const named = meter ?? suspectOf(value.slice(0, records.geometry.meters), critical);
  if (critical.includes(named)) throw new CriticalMeterError(name);
  z[named]! -= residual[named]! / redundancy[named]!;
  return {
    meter: named,
    normalisedResidual: value[named]!,
    drop: value[named]! ** 2,
    correctedCounts: z[named]!,
    angles: packAngles(angleUnits(records, estimator.estimate(z).theta)),
  };
}

/** Whether a claim would take the place of one that stands: larger by more than a millionth of J, as `Suspects` asks. */
export function isLarger(drop: number, standing: number, objective: number): boolean {
  return drop > standing + objective / 1e6;
}

function suspectOf(normalised: Float64Array, critical: readonly number[]): number {
  for (const row of critical) if (row < normalised.length) normalised[row] = NaN;
  const largest = largestResidual(normalised);
  if (largest === undefined) throw new NoSuspectError();
  return largest.meter;
}

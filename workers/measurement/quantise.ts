import type { MeterKind } from "../grid/types.js";
import { type Outcome, problem } from "./problem.js";
import { unitFactor } from "./unitFactor.js";

/** Counts of a PMU are 2⁻²⁰ rad. */
const ANGLE_COUNTS_PER_RAD = 2 ** 20;

/**
 * Turns a value into counts of the meter's unit: rounded to the nearest, halves away from zero.
 *
 * Units are `kW`, `MW`, `W` for power and `rad`, `mrad`, `deg` for a PMU. Their letter case is not minded, except that
 * a milliwatt (`mW`) is not taken for a megawatt.
 */
export function quantise(
  value: number,
  unit: string,
  meter: { readonly kind: MeterKind; readonly rangeCounts: number },
  powerUnitKw: number,
): Outcome<number> {
  const pmu = meter.kind === "pmu";
  const factor = unitFactor(unit, meter.kind);
  if (factor === undefined) {
    const expected = pmu ? "rad, mrad or deg" : "kW, MW or W";
    return problem("badUnit", `unit: '${unit}' does not fit a ${pmu ? "PMU" : "power meter"} (${expected})`);
  }
  const exact = pmu ? value * factor * ANGLE_COUNTS_PER_RAD : (value * factor) / powerUnitKw;
  const magnitude = Math.round(Math.abs(exact));
  if (!(magnitude < meter.rangeCounts)) {
    const limit = pmu ? meter.rangeCounts / ANGLE_COUNTS_PER_RAD : meter.rangeCounts * powerUnitKw;
    return problem(
      "outOfRange",
      `value: ${value} ${unit} is beyond the meter's range of ${Number(limit.toPrecision(6))} ${pmu ? "rad" : "kW"}`,
    );
  }
  return { value: exact < 0 && magnitude > 0 ? -magnitude : magnitude };
}

import type { MeterKind } from "../grid/types.js";

const KW: Readonly<Record<string, number>> = { kw: 1, mw: 1_000, w: 0.001 };
const RAD: Readonly<Record<string, number>> = {
  rad: 1,
  mrad: 0.001,
  deg: Math.PI / 180,
  nrad: 1e-9,
};

/** How many kW (PMU: rad) a unit is; undefined if it does not fit the kind of meter, or is none. */
export function unitFactor(unit: string, kind: MeterKind): number | undefined {
  const fitting = kind === "pmu" ? RAD : KW;
  // Not a megawatt.
  return unit === "mW" ? undefined : fitting[unit.toLowerCase()];
}

/** The unit of signed values. */
export function signedUnit(kind: MeterKind): string {
  return kind === "pmu" ? "nrad" : "W";
}

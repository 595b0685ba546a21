import type { Grid, Meter, MeteringPlan } from "../types.js";
import { FLOW_DIGITS, MAX_RANGE_BITS, PMU_DIGITS } from "./constants.js";
import { VersionError } from "./errors.js";

/** How a version's quantities become integers. */
export interface Scales {
  readonly powerUnitKw: number;
  readonly angleDigits: number;
  readonly weightDigits: number;
}

const SUSCEPTANCE_LIMIT = 2 ** 39;
const WEIGHT_LIMIT = 2 ** 32;
/** Below this a rounded weight is off by more than 0.2 %. */
const WEIGHT_LEAST = 2 ** 8;

/**
 * Chooses the power unit (the least power of two kW under which twice the largest load or generation of a bus is in
 * range) and the weights' digits (the most with which the largest weight fits in 32 bits).
 */
export function chooseScales(grid: Grid, plan: MeteringPlan, angleDigits: number): Scales {
  let largest = 0;
  for (const bus of grid.buses) largest = Math.max(largest, Math.abs(bus.loadKw), Math.abs(bus.generationKw));
  let powerUnitKw = 1;
  while (2 * largest > powerUnitKw * 2 ** MAX_RANGE_BITS) powerUnitKw *= 2;

  const sigmas = plan.meters.map((meter) => sigmaInCounts(meter, powerUnitKw));
  if (plan.zeroInjections.length > 0) sigmas.push(plan.zeroInjectionSigma / powerUnitKw);
  const smallest = sigmas.reduce((least, sigma) => Math.min(least, sigma), Infinity);
  const weightDigits = Math.min(64, Math.floor(2 * Math.log2(smallest) + 32 - 1e-9));
  if (weightDigits < 0)
    throw new VersionError(`sigma ${smallest} is too small: at least 2^-16 counts are needed`);
  return { powerUnitKw, angleDigits, weightDigits };
}

/** 1/σ² as the chain has it. */
export function weightOf(sigmaInCounts_: number, scales: Scales, what: string): number {
  const weight = Math.round(2 ** scales.weightDigits / (sigmaInCounts_ * sigmaInCounts_));
  if (weight >= WEIGHT_LIMIT || weight < WEIGHT_LEAST) {
    throw new VersionError(
      `${what}: its sigma differs too much from the others' (at most a factor of 4,096 within a version)`,
    );
  }
  return weight;
}

/** σ in the counts that the meter's values have. */
export function sigmaInCounts(meter: Meter, powerUnitKw: number): number {
  return meter.kind === "pmu" ? meter.sigma * 2 ** PMU_DIGITS : meter.sigma / powerUnitKw;
}

/** A susceptance as the chain has it. */
export function susceptanceOf(kwPerRad: number, scales: Scales, line: number): number {
  const susceptance = Math.round((kwPerRad / scales.powerUnitKw) * 2 ** (FLOW_DIGITS - scales.angleDigits));
  if (Math.abs(susceptance) >= SUSCEPTANCE_LIMIT || susceptance === 0) {
    const most = (SUSCEPTANCE_LIMIT / 2 ** (FLOW_DIGITS - scales.angleDigits)) * scales.powerUnitKw;
    throw new VersionError(
      `line ${line}: susceptance ${kwPerRad} kW/rad cannot be written; its size must be below ${most} and not round to 0`,
    );
  }
  return susceptance;
}

/** The susceptance that stands for a PMU: counts per radian. */
export function pmuSusceptance(scales: Scales): number {
  return 2 ** (PMU_DIGITS + FLOW_DIGITS - scales.angleDigits);
}

/**
 * The range of a power value: what one radian across the line (for an injection: across all lines of the bus) would
 * carry. Beyond that a value is no measurement, and one gross value could ask for angles that do not fit.
 */
export function rangeBitsOf(kwPerRad: number, powerUnitKw: number): number {
  return Math.min(MAX_RANGE_BITS, Math.max(1, Math.ceil(Math.log2(Math.abs(kwPerRad) / powerUnitKw))));
}

/** The sum of |b| over the lines of each bus, kW per radian, by position in the grid. */
export function tieStrengths(grid: Grid): Float64Array {
  const sum = new Float64Array(grid.buses.length);
  for (const line of grid.lines) {
    sum[line.from] = sum[line.from]! + Math.abs(line.susceptanceKwPerRad);
    sum[line.to] = sum[line.to]! + Math.abs(line.susceptanceKwPerRad);
  }
  return sum;
}

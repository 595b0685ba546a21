import type { LinearModel } from "../estimation/types.js";
import type { MeterKind } from "../grid/types.js";

/** A meter of a version, in the order of the batches. */
export interface VersionMeter {
  readonly id: string;
  readonly kind: MeterKind;
  /** Seat of its owner. */
  readonly seat: number;
  /** A value must be less than this in magnitude: 2^e counts. */
  readonly rangeCounts: number;
}

/** A grid version as a worker uses it. */
export interface VersionModel {
  readonly version: number;
  /** kW per count of power. */
  readonly powerUnitKw: number;
  /** By seat, then in the order of the seat's batch. */
  readonly meters: readonly VersionMeter[];
  /** One row per meter in that order, then the virtual rows, whose value is 0; values and weights in counts. */
  readonly model: LinearModel;
  /** The angles as the contract takes them, from θ in rad, one per state. */
  packAngles(theta: Float64Array): Uint8Array;
}

/** Counts of a PMU are 2⁻²⁰ rad. */
const RAD_PER_COUNT = 2 ** -20;

/** kW or rad in one count of a meter. */
export function unitOfCount(meter: Pick<VersionMeter, "kind">, powerUnitKw: number): number {
  return meter.kind === "pmu" ? RAD_PER_COUNT : powerUnitKw;
}

/** The meters of a seat, in the order of its batch. */
export function metersOfSeat(model: Pick<VersionModel, "meters">, seat: number): VersionMeter[] {
  return model.meters.filter((meter) => meter.seat === seat);
}

import type { Estimator } from "../estimation/estimator.js";
import type { MeterKind } from "../grid/types.js";
import type { VersionRecords } from "../grid/version/types.js";

/** A meter of a version, in the order of the batches. */
export interface VersionMeter {
  readonly id: string;
  readonly kind: MeterKind;
  /** Seat of its owner. */
  readonly seat: number;
  /** 2^e counts: a value z is in range when -2^e <= z < 2^e. */
  readonly rangeCounts: number;
}

/** A grid version as a worker uses it. */
export interface VersionModel {
  readonly version: number;
  readonly records: VersionRecords;
  /** kW per count of power. */
  readonly powerUnitKw: number;
  /** By seat, then in the order of the seat's batch. */
  readonly meters: readonly VersionMeter[];
  /** One row per meter in that order, then the virtual rows, whose value is 0; values and weights in counts. */
  readonly estimator: Estimator;
  /** The angles as a settlement brings them, from the slot's values, by meter, and the estimator's θ. */
  packAngles(counts: Int32Array, theta: Float64Array): Uint8Array;
  /** The angle of every bus in rad, by tree record, references included, from the estimator's θ. */
  busAngles(theta: Float64Array): Float64Array;
}

/** The meters of a seat, in the order of its batch. */
export function metersOfSeat(model: Pick<VersionModel, "meters">, seat: number): VersionMeter[] {
  return model.meters.filter((meter) => meter.seat === seat);
}

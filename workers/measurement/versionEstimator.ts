import { Estimator } from "../estimation/estimator.js";
import type { VersionRecords } from "../grid/version/types.js";
import { versionModel } from "../grid/version/versionModel.js";

/** The estimator of a version: its rows are the meters, then the virtual rows; its columns the tree without roots. */
export function versionEstimator(records: VersionRecords): Estimator {
  return new Estimator(versionModel(records));
}

/** Values of a batch, in counts, as rows of the version's model: virtual rows are zero. */
export function rowValues(records: VersionRecords, counts: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(records.geometry.meters + records.geometry.virtualRows);
  for (let i = 0; i < records.geometry.meters; i++) rows[i] = counts[i]!;
  return rows;
}

/** Angles in radians as the chain's integers. */
export function angleUnits(records: VersionRecords, theta: Float64Array): Float64Array {
  const scale = 2 ** records.geometry.angleDigits;
  return theta.map((angle) => Math.round(angle * scale));
}

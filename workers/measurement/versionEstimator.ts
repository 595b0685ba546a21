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

/** Estimated angles (radians, by column) as the chain has them: by tree record, zero for the roots. */
export function angleUnits(records: VersionRecords, theta: Float64Array): Float64Array {
  const { roots, buses, angleDigits } = records.geometry;
  const units = new Float64Array(buses);
  for (let i = roots; i < buses; i++) units[i] = Math.round(theta[i - roots]! * 2 ** angleDigits);
  return units;
}

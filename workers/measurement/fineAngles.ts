import type { Estimator } from "../estimation/estimator.js";
import { GainFactor } from "../estimation/gainFactor.js";
import { FLOW_DIGITS } from "../grid/version/constants.js";
import { integerRows } from "../grid/version/integerRows.js";
import type { VersionRecords } from "../grid/version/types.js";

/** Binary digits that a fine angle has more than the version's angles (`GeneralCertificate.sol`). */
export const FINER_DIGITS = 24;

/** Each round leaves less than a thousandth of the error, and a double has 53 of the 58 digits. */
const MOST_ROUNDS = 10;
const ZERO_PIVOT = 1e-14;

/**
 * The least-squares angles in the chain's integers, with more digits than double precision has: from the estimate on, each
 * round computes the gradient HᵀWr exactly and solves for the step that is left, until that rounds to zero.
 *
 * @param estimator Of the version.
 * @param counts By meter, all there.
 * @param theta The estimate, radians, by column.
 * @returns By tree record, radians times 2^(angleDigits + 24); zero for the roots.
 */
export function fineAngles(
  records: VersionRecords,
  estimator: Estimator,
  counts: ArrayLike<number>,
  theta: Float64Array,
): bigint[] {
  const { roots, buses, meters, angleDigits, weightDigits } = records.geometry;
  const { analysis, model } = estimator;
  const { order } = analysis.symbolic;
  const factor = new GainFactor(analysis);
  factor.factor(model.weight, ZERO_PIVOT);
  // G in the integers of the records is this much larger than in power units and radians.
  const gainScale = 2 ** (2 * (FLOW_DIGITS - angleDigits) + weightDigits);

  const finest = 2 ** (angleDigits + FINER_DIGITS);
  const angles = Array.from({ length: buses }, (_, i) =>
    i < roots ? 0n : BigInt(Math.round(theta[i - roots]! * finest)),
  );
  const rows = integerRows(records);
  const step = new Float64Array(buses - roots);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const gradient = angles.map(() => 0n);
    for (const { weight, meter, entries, constant } of rows) {
      const value = meter === meters ? 0n : BigInt(counts[meter]!);
      let residual = (value << BigInt(FLOW_DIGITS + FINER_DIGITS)) + (constant << BigInt(FINER_DIGITS));
      for (const [bus, b] of entries) residual -= b * angles[bus]!;
      const weighted = weight * residual;
      for (const [bus, b] of entries) gradient[bus]! += b * weighted;
    }
    for (let k = 0; k < step.length; k++) step[k] = Number(gradient[roots + order[k]!]!) / gainScale;
    factor.solve(step);
    let moved = false;
    for (let k = 0; k < step.length; k++) {
      const units = BigInt(Math.round(step[k]!));
      if (units === 0n) continue;
      moved = true;
      angles[roots + order[k]!]! += units;
    }
    if (!moved) break;
  }
  return angles;
}

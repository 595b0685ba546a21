import type { NormalisedResiduals } from "../estimation/estimator.js";
import type { DemoGrid, Suspect } from "./types.js";

/** A normalised residual above this is suspect: an honest one is beyond it once in 370 values. */
const SUSPECT = 3;
const MOST = 5;

/**
 * The meters that the residuals point at, by largest normalised residual: those above 3, five at most, or the largest
 * alone where none is.
 *
 * @param residual By row, counts.
 */
export function findSuspects(
  demoGrid: DemoGrid,
  residual: Float64Array,
  normalised: NormalisedResiduals,
): Suspect[] {
  const ranked = demoGrid.meters
    .map((_, meter): Suspect => ({
      meter,
      normalisedResidual: normalised.value[meter]!,
      errorKw:
        normalised.redundancy[meter]! > 0
          ? (residual[meter]! / normalised.redundancy[meter]!) * demoGrid.records.geometry.powerUnitKw
          : 0,
    }))
    .sort((a, b) => b.normalisedResidual - a.normalisedResidual);
  return ranked.filter(({ normalisedResidual }, i) => i === 0 || normalisedResidual > SUSPECT).slice(0, MOST);
}

import { seededRandom } from "../grid/seededRandom.js";
import { shuffle } from "./shuffle.js";
import type { DemoGrid, Falsification } from "./types.js";

/** Size of the falsified meter's normalised residual, at least. */
const LEAST_RESIDUAL = 20;
/** How large the other normalised residuals may become against that of the falsified meter. */
const MOST_SHARED = 0.7;
/** Part of its error that has to show in the meter's own residual. */
const LEAST_REDUNDANCY = 0.3;
const MOST_TRIED = 200;

/**
 * Picks a meter and an error for it that can be found: redundant enough, with no other meter whose residual answers
 * nearly as much (two meters of a critical pair cannot be told apart), so large that J passes τ for certain, and
 * within the meter's range. If there is none, a meter that at least is not critical, and the falsification says that it is not
 * identifiable.
 *
 * The response to a single error is exact: residuals are linear in the measurements.
 *
 * @param margin τ less the degrees of freedom: what the error has to add to J, several times over.
 */
export function pickFalsification(demoGrid: DemoGrid, margin: number, seed: number): Falsification {
  const { estimator, records, meters, exactKw } = demoGrid;
  const { powerUnitKw } = records.geometry;
  const random = seededRandom(seed, 1_000_001);
  const { offset } = estimator.model;
  const response = estimator.newEstimate();
  const normalised = estimator.newNormalisedResiduals();
  estimator.refactor();
  estimator.normalisedResiduals(response.residual, normalised);
  const redundancy = normalised.redundancy.slice();
  const residual = Math.max(LEAST_RESIDUAL, Math.sqrt(6 * Math.max(margin, 0)));

  /** The error of a size that shows, of either sign, that stays in range. */
  const errorOf = (meter: number): number | undefined => {
    const size = (residual * meters[meter]!.sigma) / Math.sqrt(redundancy[meter]!);
    const limit = 0.95 * 2 ** records.directory[meter]!.rangeBits * powerUnitKw;
    const sign = random() < 0.5 ? -1 : 1;
    return [sign * size, -sign * size].find((error) => Math.abs(exactKw[meter]! + error) < limit);
  };

  const order = shuffle(meters.length, random);
  const redundant = order.filter((meter) => redundancy[meter]! >= LEAST_REDUNDANCY);
  const rest = order.filter((meter) => redundancy[meter]! < LEAST_REDUNDANCY && redundancy[meter]! > 0);
  for (const meter of [...redundant, ...rest].slice(0, MOST_TRIED)) {
    const errorKw = errorOf(meter);
    if (errorKw === undefined) continue;
    const z = offset.map((constant) => -constant);
    z[meter]! += errorKw / powerUnitKw;
    estimator.estimate(z, response);
    estimator.normalisedResiduals(response.residual, normalised);
    const own = normalised.value[meter]!;
    if (normalised.value.every((value, row) => row === meter || value <= MOST_SHARED * own)) {
      return { meter, errorKw, identifiable: true };
    }
  }
  for (const meter of [...redundant, ...rest, ...order]) {
    const errorKw = redundancy[meter]! > 0 ? errorOf(meter) : meters[meter]!.sigma;
    if (errorKw !== undefined) return { meter, errorKw, identifiable: false };
  }
  throw new Error("the version has no meter");
}

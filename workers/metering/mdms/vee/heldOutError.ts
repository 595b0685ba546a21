import { estimateGap } from "./estimateGap.js";
import { type Series, tausOf } from "./series.js";

/** Stretches that are held out, one after another. */
const TRIALS = 24;

/**
 * How wrong the estimate of a gap is on average: measured stretches of the same length are hidden, spread evenly over
 * what is there, and estimated from the rest in the same way.
 *
 * @param withRegister whether the register's movement over the gap is known.
 * @returns mean absolute error of an interval, Wh; undefined where no stretch of that length is measured.
 */
export function heldOutError(
  series: Series,
  count: number,
  withRegister: boolean,
  registerModulus: number,
): number | undefined {
  const { intervalSeconds, measured } = series;
  const starts = [...measured.keys()]
    .sort((a, b) => a - b)
    .filter((first) => tausOf({ first, count }, intervalSeconds).every((tau) => measured.has(tau)));
  const trials = Math.min(TRIALS, starts.length);
  let error = 0;
  let intervals = 0;
  for (let trial = 0; trial < trials; trial++) {
    const first = starts[Math.floor(((trial + 0.5) * starts.length) / trials)]!;
    const taus = tausOf({ first, count }, intervalSeconds);
    const truth = taus.map((tau) => measured.get(tau)!);
    const rest = new Map(measured);
    for (const tau of taus) rest.delete(tau);
    const total = truth.reduce((sum, value) => sum + value, 0) % registerModulus;
    const estimate = estimateGap(
      { intervalSeconds, measured: rest },
      { first, count },
      withRegister ? total : undefined,
      registerModulus,
    );
    if (estimate === undefined) continue;
    for (const [i, value] of estimate.energyWh.entries()) error += Math.abs(value - truth[i]!);
    intervals += count;
  }
  return intervals === 0 ? undefined : error / intervals;
}

import { normalQuantile } from "./normalQuantile.js";
import { regularisedGamma } from "./regularisedGamma.js";
import { wilsonHilferty } from "./wilsonHilferty.js";

/**
 * τ, the chi-square quantile: without gross errors, J exceeds it with probability `falseAlarm`.
 *
 * Newton's method on `Q(dof/2, τ/2) = falseAlarm` from Wilson and Hilferty's approximation, to full precision.
 *
 * @param degreesOfFreedom rows in use less states, positive.
 * @param falseAlarm α, between 0 and 1, both excluded.
 */
export function chiSquareThreshold(degreesOfFreedom: number, falseAlarm: number): number {
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`${degreesOfFreedom} degrees of freedom: no redundancy to test with`);
  const a = degreesOfFreedom / 2;
  let x = Math.max(wilsonHilferty(degreesOfFreedom, normalQuantile(falseAlarm)) / 2, 1e-3 * a);
  for (let k = 0; k < 50; k++) {
    const { lower, upper, density } = regularisedGamma(a, x);
    // On the logarithm of the smaller tail, which is nearly straight far out.
    const step =
      falseAlarm < 0.5
        ? (Math.log(upper / falseAlarm) * upper) / density
        : (-Math.log(lower / (1 - falseAlarm)) * lower) / density;
    x = Math.max(x + step, x / 8);
    if (Math.abs(step) <= 4e-15 * x) break;
  }
  return 2 * x;
}

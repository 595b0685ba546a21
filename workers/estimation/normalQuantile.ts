import { regularisedGamma } from "./regularisedGamma.js";

/**
 * The q with `Prob(N(0,1) > q) = upperTail`.
 *
 * From Abramowitz and Stegun 26.2.23 (error below 4.5e-4) by Newton's method on the tail
 * `Prob(N > q) = Q(½, q²/2)/2` for q ≥ 0.
 *
 * @param upperTail between 0 and 1, both excluded.
 */
export function normalQuantile(upperTail: number): number {
  if (!(upperTail > 0 && upperTail < 1))
    throw new RangeError(`tail probability ${upperTail} is not between 0 and 1`);
  if (upperTail > 0.5) return -normalQuantile(1 - upperTail);
  if (upperTail === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(upperTail));
  let q =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let k = 0; k < 20; k++) {
    const tail = regularisedGamma(0.5, (q * q) / 2).upper / 2;
    const density = Math.exp((-q * q) / 2) / Math.sqrt(2 * Math.PI);
    // Newton on ln tail, which is nearly straight far out.
    const step = (Math.log(tail / upperTail) * tail) / density;
    q += step;
    if (Math.abs(step) <= 1e-15 * q) break;
  }
  return q;
}

import { seededRandom } from "./seededRandom.js";
import type { MeteringPlan } from "./types.js";

/**
 * Simulated measurements: exact values with Gaussian errors of each meter's sigma added (Box-Muller on
 * `seededRandom`). Zero-injection rows are no meters and stay as they are.
 *
 * @param exact One per row of the measurement model, as `trueMeasurements` gives them.
 * @param seed Same seed and stream, same errors.
 * @param stream Such as the number of the slot.
 */
export function noise(plan: MeteringPlan, exact: Float64Array, seed: number, stream = 0): Float64Array {
  const random = seededRandom(seed, stream);
  const values = Float64Array.from(exact);
  for (const [row, { sigma }] of plan.meters.entries()) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    values[row]! += sigma * radius * Math.cos(2 * Math.PI * random());
  }
  return values;
}

import type { IntervalReading } from "./types.js";

const DAY = 86_400;

/** W, by hour of the day: a sleeping house, a morning, an evening. */
const SHAPE = [
  180, 150, 140, 140, 150, 190, 320, 480, 430, 340, 310, 320, 370, 350, 310, 330, 430, 640, 760, 720, 620,
  500, 370, 250,
] as const;

/**
 * A household's use where no data is at hand: a daily shape, a size and a mood of its own, and now and then a kettle or
 * an oven. The same seed draws the same household, at whatever time it is asked.
 *
 * @param seed any whole number.
 * @param time end of the interval, unix seconds.
 */
export function plausibleReading(seed: number, time: number, intervalSeconds: number): IntervalReading {
  const size = 0.5 + 1.5 * draw(seed, 0, 0);
  const day = Math.floor((time - 1) / DAY);
  const hour = Math.floor((((time - 1) % DAY) * 24) / DAY);
  const mood = 0.7 + 0.6 * draw(seed, day, 1);
  const noise = 0.6 + 0.8 * draw(seed, time, 2);
  const appliance = draw(seed, time, 3) < 0.08 * (SHAPE[hour]! / 400) ? 1_500 * draw(seed, time, 4) : 0;
  const watts = SHAPE[hour]! * size * mood * noise + appliance;
  return { time, usageWh: Math.round((watts * intervalSeconds) / 3_600) };
}

/** A number from 0 to 1 that only its arguments decide: the finaliser of MurmurHash3 over them. */
function draw(seed: number, time: number, purpose: number): number {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(time, 0xc2b2ae35) ^
    Math.imul(purpose + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

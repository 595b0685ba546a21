/**
 * How many of some equal, independent meters are offline in a slot: a source that draws the gaps between failures, so
 * that a slot costs as many random numbers as meters fail, not as there are.
 *
 * @param epsilon ε, between 0 and 1.
 * @param random Uniform in [0, 1).
 * @returns A function that gives the next slot's number of offline meters, between 0 and `meters`.
 */
export function sampleFailures(meters: number, epsilon: number, random: () => number): () => number {
  if (meters === 0 || epsilon <= 0) return () => 0;
  if (epsilon >= 1) return () => meters;
  const scale = Math.log1p(-epsilon);
  /** Meters that work before the next one that does not, counted on from the present slot. */
  const gap = (): number => Math.floor(Math.log(1 - random()) / scale);
  let next = gap();
  return () => {
    let failed = 0;
    while (next < meters) {
      failed++;
      next += 1 + gap();
    }
    next -= meters;
    return failed;
  };
}

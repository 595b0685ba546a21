/**
 * How many a second, of things that are seen in groups: those after the first group, over the time from it to the last.
 *
 * @param seenAt milliseconds since 1970, in order.
 */
export function ratePerSecond(seenAt: readonly number[]): number {
  const [first, last] = [seenAt[0], seenAt.at(-1)];
  if (first === undefined || last === undefined || first === last) return 0;
  return (1_000 * seenAt.filter((at) => at > first).length) / (last - first);
}

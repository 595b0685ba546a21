/** A block that became a node's head. */
export interface Arrival {
  /** The block's own time, in seconds. */
  readonly blockSeconds: number;
  /** When the node said so, by the clock of the machine that asks. */
  readonly arrivedSeconds: number;
}

/** Blocks that an offset is taken from, and how many there must be. */
export const CLOCK_WINDOW = 20;
const ENOUGH = 10;

/**
 * How far a node's clock is off, in seconds against the clock of the machine that asks; above zero, it is ahead.
 *
 * A Clique node neither seals nor accepts a block before its own clock reaches the block's time. So its clock was never
 * behind a block that it took: offset ≥ block's time − arrival, and the largest of these over the last blocks is a bound
 * that is certain. It is tight when some block came on time. Hence the limits: a value above zero is proof of a clock
 * that is ahead; one below zero is a clock that is behind, or a node or a network so slow that none of the last blocks
 * came in time. On the node's own machine both clocks are one, and nothing can be seen.
 *
 * @param arrivals The last ones, oldest first; a node's first 10 say nothing.
 * @returns undefined where there are too few.
 */
export function clockOffset(arrivals: readonly Arrival[]): number | undefined {
  const last = arrivals.slice(-CLOCK_WINDOW);
  if (last.length < ENOUGH) return undefined;
  return Math.max(...last.map(({ blockSeconds, arrivedSeconds }) => blockSeconds - arrivedSeconds));
}

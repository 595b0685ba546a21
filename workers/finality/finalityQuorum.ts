/** The most seats of `seats` that may be at fault: ⌊(n-1)/3⌋. */
export function mostFaulty(seats: number): number {
  return Math.floor((seats - 1) / 3);
}

/**
 * How many seats' signatures make a block final: q = ⌊(n+f)/2⌋ + 1 of n, f = ⌊(n-1)/3⌋. Two quorums share more than f
 * seats, since 2q > n + f; the seats that are not at fault are one by themselves, since q ≤ n - f where 3f < n. 3 of 4,
 * 4 of 5, 5 of 7. As `Quorum.sol` counts.
 *
 * @param seats at least 1.
 */
export function finalityQuorum(seats: number): number {
  return Math.floor((seats + mostFaulty(seats)) / 2) + 1;
}

/** How deep a block lies before its first signature, at least: with this many on top Clique seldom turns (docs/devnet.md). */
export function leastDepth(seats: number): number {
  return Math.floor(seats / 2) + 1;
}

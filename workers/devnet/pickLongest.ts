/** Seconds that a block may be ahead of this machine's clock and still be one that other nodes take. */
const AHEAD_SECONDS = 0.5;

/**
 * The node with the highest head, as far as there is one. A head from the future counts for nothing: a node whose clock is
 * ahead sealed it for itself, and no other takes it.
 *
 * @param nowSeconds Unix time.
 */
export function pickLongest<T extends { readonly head: { readonly height: number; readonly time: number } }>(
  nodes: readonly T[],
  nowSeconds: number,
): T | undefined {
  return nodes
    .filter(({ head }) => head.time <= nowSeconds + AHEAD_SECONDS)
    .reduce<T | undefined>(
      (best, one) => (best === undefined || one.head.height > best.head.height ? one : best),
      undefined,
    );
}

/**
 * The height at which nodes hold to different blocks though even the lowest of them is `depth` blocks past it; null if they
 * agree there.
 *
 * @param heads The heights of their newest blocks.
 * @param hashAt A node's own block at a height, by the node's place in `heads`; undefined if it does not answer.
 */
export async function findFork(
  heads: readonly number[],
  depth: number,
  hashAt: (node: number, height: number) => Promise<string | undefined>,
): Promise<number | null> {
  const height = Math.min(...heads) - depth;
  if (heads.length < 2 || height <= 0) return null;
  const hashes = await Promise.all(heads.map((_, node) => hashAt(node, height)));
  return new Set(hashes.filter((hash) => hash !== undefined)).size > 1 ? height : null;
}

import type { NodeConnection } from "../engines/types.js";
import { blockAt } from "../nodeState.js";

/** The height of the last block that two nodes' chains have in common, from a height on downwards. */
export async function commonHeight(
  one: NodeConnection,
  other: NodeConnection,
  from: number,
): Promise<number> {
  for (let height = from; height > 0; height--) {
    const [own, others] = await Promise.all([blockAt(one, height), blockAt(other, height)]);
    if (own !== undefined && own.hash === others?.hash) return height;
  }
  return 0;
}

import type { BlockId } from "../blockId.js";
import type { ChainAccess } from "./types.js";

/** Whether a block is on the chain now: `unknown` where the node has none of that number yet. */
export type Standing = "stands" | "lost" | "unknown";

/** Looks blocks up by number and compares their hashes; each number once. Use it for one look only. */
export function canonicalBlocks(chain: Pick<ChainAccess, "block">): (block: BlockId) => Promise<Standing> {
  const found = new Map<number, Promise<BlockId | undefined>>();
  return async ({ number, hash }) => {
    let at = found.get(number);
    if (at === undefined) {
      at = chain.block(number);
      found.set(number, at);
    }
    const block = await at;
    if (block === undefined) return "unknown";
    return block.hash === hash ? "stands" : "lost";
  };
}

import type { BlockId } from "../blockId.js";
import { blocksOfSends, displaceSends } from "../../store/sends.js";
import type { Standing } from "./canonicalBlocks.js";
import type { Head, SenderParts } from "./types.js";

/** Blocks below the head from which on what is final keeps its signed bytes, should a fork that deep come all the same. */
export const KEPT_BLOCKS = 256;

/**
 * Finds the blocks with transactions that the chain has lost, by their hashes. Their transactions are sent again: they
 * are the same, so that they can take effect once only.
 */
export async function displaceLost(
  parts: SenderParts,
  head: Head,
  standing: (block: BlockId) => Promise<Standing>,
): Promise<void> {
  const { store, finality } = parts;
  const oldest = head.number - KEPT_BLOCKS;
  const open = blocksOfSends(store, 0, "included", "reverted");
  const deep =
    finality === undefined
      ? blocksOfSends(store, oldest, "confirmed", "final")
      : blocksOfSends(store, oldest, "confirmed");
  // The first of the deeper ones is asked for together with the others.
  const found = await Promise.all(
    [...open, ...deep.slice(0, 1)].map(async (block) => await isLost(block, head, standing)),
  );
  for (const [i, block] of open.entries()) if (found[i] === true) displace(parts, block, false);
  // What is below one that stands, stands.
  for (const block of deep) {
    if (!(await isLost(block, head, standing))) break;
    displace(parts, block, true);
  }
}

async function isLost(
  block: BlockId,
  head: Head,
  standing: (block: BlockId) => Promise<Standing>,
): Promise<boolean> {
  const at = await standing(block);
  return at === "lost" || (at === "unknown" && block.number > head.number);
}

function displace({ store, logger, describe }: SenderParts, block: BlockId, deep: boolean): void {
  for (const send of displaceSends(store, block)) {
    const fields = {
      ...(describe?.(send) ?? { purpose: send.purpose }),
      hash: send.hash,
      block: block.number,
    };
    if (deep) logger.error(fields, "a fork deeper than the confirmation depth undid a transaction");
    logger.warn(fields, "the chain has turned to another branch; the transaction is sent again");
  }
}

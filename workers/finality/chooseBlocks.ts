import type { BlockId } from "../chain/blockId.js";
import type { Link, OverlayChain } from "./overlayChain.js";

/** Why nothing can be signed on this chain: it does not hold a block that was signed, or is final. */
export interface Astray {
  readonly astrayFrom: BlockId;
}

/** What a worker may sign next. */
export interface Choice {
  /** Linked, growing; empty if there is nothing new. */
  readonly blocks: readonly BlockId[];
}

/** Most blocks that are linked in one turn, to catch up. */
const MOST_WALKED = 256;
/** Most that are signed in one turn. */
const MOST_SIGNED = 32;

/**
 * The blocks that a worker signs next: every height after the last, up to `target`, each the parent of the next by its own
 * hash; after a long pause only the newest, at most 256 heights from the last. All workers sign every height, so they sign the same ones.
 *
 * @param target the highest height that lies deep enough.
 * @param last what was signed last in this epoch, which all that is signed must descend from.
 * @param anchors other blocks that it must descend from: the epoch's base, what is final.
 * @param start heights at or below it are not signed.
 */
export async function chooseBlocks(
  chain: OverlayChain,
  {
    target,
    last,
    anchors,
    start,
  }: {
    readonly target: number;
    readonly last: BlockId | undefined;
    readonly anchors: readonly BlockId[];
    readonly start: number;
  },
): Promise<Choice | Astray> {
  const held = last === undefined ? anchors : [...anchors, last];
  const astray = await missing(chain, held);
  if (astray !== undefined) return { astrayFrom: astray };

  const above = Math.max(start, ...held.map(({ number }) => number));
  const from = last === undefined ? Math.max(above + 1, target - MOST_SIGNED + 1) : last.number + 1;
  const to = last === undefined ? target : Math.min(target, last.number + MOST_WALKED);
  if (to < from) return { blocks: [] };
  const path = await Promise.all(Array.from({ length: to - from + 1 }, (_, i) => chain.block(from + i)));
  // By hashes, from what was signed: what a node answers to several questions may be of several branches.
  let hash = last?.hash;
  const linked: Link[] = [];
  for (const block of path) {
    if (block === undefined || (hash !== undefined && block.parentHash !== hash)) return { blocks: [] };
    hash = block.hash;
    linked.push(block);
  }
  // Still the chain that holds them all.
  const turned = await missing(chain, held);
  if (turned !== undefined) return { blocks: [] };
  return { blocks: linked.filter(({ number }) => number > above).slice(-MOST_SIGNED) };
}

async function missing(chain: OverlayChain, held: readonly BlockId[]): Promise<BlockId | undefined> {
  for (const { number, hash } of held) {
    const block = await chain.block(number);
    if (block?.hash !== hash) return { number, hash };
  }
  return undefined;
}

import type { BlockId } from "../chain/blockId.js";

/**
 * When a block can be undone no more. Three kinds behind one face: instant (embedded network), client (QBFT, whose
 * own consensus is final) and overlay (Clique, above which the validators' workers sign blocks).
 */
export interface Finality {
  /** The highest final block; undefined while there is none. */
  latest(): Promise<BlockId | undefined>;
  /** Whether a block is final: it, by its hash, is the latest final block or one of its ancestors. */
  isFinal(block: BlockId): Promise<boolean>;
}

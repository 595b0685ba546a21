import type { BlockId } from "../chain/blockId.js";

/** A block and its parent. */
export interface Link extends BlockId {
  readonly parentHash: string;
}

/** How the overlay stands at a block, as its contracts say. */
export interface OverlayStanding {
  readonly epoch: number;
  /** The block that the members voted to go on from; undefined in epoch 0. */
  readonly base: BlockId | undefined;
  /** The highest block that is recorded as final. */
  readonly recorded: BlockId | undefined;
  /** Seats whose signatures count. */
  readonly seats: readonly number[];
  /** How often a key was registered. */
  readonly signerChanges: number;
  /** `Governance.rules().confirmationDepth`. */
  readonly confirmationDepth: number;
}

/** A key, and from which height on it signs for a seat. */
export interface SignerKey {
  readonly seat: number;
  readonly fromHeight: number;
  readonly signer: string;
}

/** What the overlay needs of a chain, as one node shows it. */
export interface OverlayChain {
  /** The latest block. */
  head(): Promise<Link | undefined>;
  /** The block of a height on the chain that the node follows. */
  block(height: number): Promise<Link | undefined>;
  /** A block by its hash, of any branch that the node knows. */
  blockOf(hash: string): Promise<Link | undefined>;
  /** RLP of a block's header; undefined if the node does not know it. */
  header(hash: string): Promise<string | undefined>;
  /** Undefined where the contract is not there yet. */
  standing(height: number): Promise<OverlayStanding | undefined>;
  signers(height: number): Promise<readonly SignerKey[]>;
}

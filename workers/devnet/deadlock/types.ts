/** A node's newest block. */
export interface ChainHead {
  readonly height: number;
  /** 32 bytes, hexadecimal. */
  readonly hash: string;
  /** Of the whole chain up to it: what Clique's fork choice compares. */
  readonly totalDifficulty: bigint;
}

/** Who sealed a block. */
export interface Sealed {
  readonly height: number;
  readonly sealer: string;
}

/** How a validator's node stands, as it tells itself at one moment. */
export interface NodeSnapshot {
  /** The validator, from 1. */
  readonly number: number;
  /** The account that it seals with. */
  readonly sealer: string;
  readonly head: ChainHead;
  readonly peers: number;
  /** All accounts that may seal, as the node knows them. */
  readonly sealers: readonly string[];
  /** Who sealed the last blocks and must therefore wait: `recents` of its Clique snapshot. */
  readonly recents: readonly Sealed[];
  /** For how long its head has not changed. */
  readonly stillSeconds: number;
}

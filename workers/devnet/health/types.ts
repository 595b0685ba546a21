import type { Alert } from "../../alerts/types.js";

/** How a validator stands, as far as this machine can see. */
export interface ValidatorHealth {
  readonly number: number;
  readonly name: string;
  /** Whether its node answers; null if it runs on another machine. */
  readonly running: boolean | null;
  readonly height: number | null;
  readonly headHash: string | null;
  readonly peers: number | null;
  /** Whether the chain lets it seal. */
  readonly seals: boolean;
  /** Blocks of the longest chain that it sealed since this program looks; those that a reorganisation changes later as they were. */
  readonly sealedBlocks: number;
  /** Since the time of its last block that is known; null if none is. */
  readonly secondsSinceSealed: number | null;
  /** Blocks of the longest chain since it sealed, or as far as was looked back. */
  readonly blocksSinceSealed: number | null;
  /** Since its node's newest block was due. */
  readonly lagSeconds: number | null;
  /** Of its clock against this machine's (`clockOffset`): above zero, it is ahead. */
  readonly clockOffsetSeconds: number | null;
}

/** How a network stands. */
export interface NetworkHealth {
  readonly chainId: number;
  readonly blockPeriodSeconds: number;
  /** Unix time at which it was looked. */
  readonly observedAt: number;
  readonly validators: readonly ValidatorHealth[];
  readonly alerts: readonly Alert[];
  /** Deadlocks that were mended since this program started, and attempts that failed. */
  readonly recoveries: number;
  readonly failedRecoveries: number;
}

import type { BlockId } from "../blockId.js";
import type { Finality } from "../../finality/types.js";
import type { Store } from "../../store/openStore.js";
import type { Send } from "../../store/sends.js";

/** The latest block, as a sender sees it. */
export interface Head extends BlockId {
  /** Wei per gas; undefined on a chain without (before EIP-1559). */
  readonly baseFee: bigint | undefined;
  readonly gasLimit: bigint;
}

/** Where a transaction was mined. */
export interface Mined {
  readonly block: BlockId;
  readonly succeeded: boolean;
  readonly gasUsed: bigint;
}

/** A node's answer to a transaction: `taken`, for now or known already; or why not. */
export type Answer =
  | { readonly taken: true }
  /**
   * `hopeless`: it will never be taken, as it is; `unpaid`: not until the account has more; else another look may find it taken,
   * or its nonce used.
   */
  | {
      readonly taken: false;
      readonly hopeless?: boolean;
      readonly unpaid?: boolean;
      readonly reason: string;
    };

/** What a sender asks of a chain. Every call throws if no node answers (`isNodeDown`). */
export interface ChainAccess {
  /** The latest block. */
  head(): Promise<Head>;
  /** The block of the chain with this number; undefined if there is none yet. */
  block(number: number): Promise<BlockId | undefined>;
  /** How many transactions of an account are in the chain up to a block, or wait in the node's pool besides. */
  count(account: string, at: number | "latest" | "pending"): Promise<number>;
  mined(hash: string): Promise<Mined | undefined>;
  /** What was mined in the block of the chain with this number, by hash; undefined where the node has no such request, or not the block. */
  minedIn(number: number): Promise<ReadonlyMap<string, Mined> | undefined>;
  /** @throws an error that `revertReason` reads if the call would revert. */
  estimateGas(call: { readonly from: string; readonly to: string; readonly data: string }): Promise<bigint>;
  /** What the node takes for a good tip, wei per gas; on a chain without base fee, for a good price. */
  suggestedPrice(baseFee: bigint | undefined): Promise<bigint>;
  /** Gives transactions to the node, in one request; to others too if `widely`, or if the first does not answer. */
  broadcast(raws: readonly string[], widely: boolean): Promise<readonly Answer[]>;
}

/** An unsigned transaction. */
export interface Unsigned {
  readonly chainId: bigint;
  readonly to: string;
  readonly data: string;
  readonly nonce: number;
  readonly gasLimit: bigint;
  readonly type: 0 | 2;
  readonly gasPrice?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
}

/** What a transaction offers, wei per gas. Without base fee (type 0) both are its price. */
export interface Fees {
  readonly type: 0 | 2;
  readonly max: bigint;
  readonly tip: bigint;
}

/** How fees are chosen, wei per gas. */
export interface FeePolicy {
  /** The price where one is agreed; undefined: what the chain asks for. */
  readonly price: bigint | undefined;
  /** Never more than this. */
  readonly cap: bigint;
}

export interface SenderSettings {
  readonly chainId: bigint;
  /** Most transactions that wait for a block at a time. */
  readonly maxInFlight: number;
  /** Blocks after which the first in line is sent again with higher fees. */
  readonly stuckBlocks: number;
  readonly fees: FeePolicy;
}

/** A call to be sent as a transaction. */
export interface SenderCall {
  /** What it is for: at most one transaction is alive for a purpose. */
  readonly purpose: string;
  readonly to: string;
  /** Hexadecimal. */
  readonly data: string;
  /** Gas limit; left out, it is estimated, with room above. Give it where calls depend on others that are under way. */
  readonly gasLimit?: bigint;
  /** Written in the same step as the reservation: what the caller keeps beside the transaction. Synchronous. */
  readonly beside?: (id: number) => void;
}

/** How a transaction that reverted is to be understood. */
export interface RevertVerdict {
  readonly state: "superseded" | "failed";
  readonly reason: string;
}

/** The points at which dying is awkward, each just before the journal says so (`reserved`, `journaled`: just after). */
export type SendStage = "reserved" | "journaled" | "broadcast" | "included";

/** The part of a logger that is used here. */
export interface SendLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the parts of a sender share. */
export interface SenderParts {
  readonly store: Store;
  readonly chain: ChainAccess;
  readonly account: string;
  /** @returns the raw signed transaction, hexadecimal. */
  readonly sign: (transaction: Unsigned) => Promise<string>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly logger: SendLogger;
  readonly settings: SenderSettings;
  /** Without it, what is confirmed is final. */
  readonly finality?: Finality | undefined;
  /** What the fields of a log line are, of a transaction; its purpose if left out. */
  readonly describe?: (send: Send) => object;
  /** Called at every stage, and waited for. */
  readonly observe?: (stage: SendStage, send: Send) => void | Promise<void>;
  /** Asked when a revert is confirmed; left out, it has failed. */
  readonly judgeRevert?: (send: Send) => Promise<RevertVerdict>;
}

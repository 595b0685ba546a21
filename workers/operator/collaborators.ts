import type { JsonRpcProvider, Signer } from "ethers";
import type { Logger } from "pino";
import type { Store } from "../store/openStore.js";
import type { WorkerEvent } from "./monitor/types.js";
import type { StageObserver } from "./stages.js";

/** Time as the worker sees it beside the chain's. */
export interface WorkerClock {
  /** Unix seconds. */
  now(): number;
  /** Waits, or less when the signal is given. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** What the parts of a worker share. */
export interface Collaborators {
  readonly clock: WorkerClock;
  readonly provider: JsonRpcProvider;
  /** Connected to the provider; the operator's account. */
  readonly signer: Signer;
  readonly store: Store;
  readonly logger: Logger;
  readonly observe: StageObserver;
  /** Told what is worth counting. */
  readonly tell: (event: WorkerEvent) => void;
  /** Wei per gas, on chains where it is agreed; undefined: what the node suggests. */
  readonly gasPrice: bigint | undefined;
}

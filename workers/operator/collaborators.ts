import type { Logger } from "pino";
import type { FailoverProvider } from "../chain/endpoints/failoverProvider.js";
import type { Sender } from "../chain/sending/sender.js";
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
  readonly provider: FailoverProvider;
  /** The operator's account. */
  readonly account: string;
  readonly sender: Sender;
  readonly store: Store;
  readonly logger: Logger;
  readonly observe: StageObserver;
  /** Told what is worth counting. */
  readonly tell: (event: WorkerEvent) => void;
}

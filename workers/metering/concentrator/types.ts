import type { Provider } from "ethers";
import type { Logger } from "pino";
import type { Metering } from "../../../typechain-types/index.js";
import type { Sender } from "../../chain/sending/sender.js";
import type { Finality } from "../../finality/types.js";
import type { Store } from "../../store/openStore.js";
import type { MeteringDomain } from "../domain.js";
import type { Ack } from "../messages/ack.js";

/** What a concentrator works with. */
export interface ConcentratorParts {
  readonly store: Store;
  /** Over the same store; of the account. */
  readonly sender: Sender;
  /** Address of the account that sends: the utility has appointed it. */
  readonly account: string;
  readonly provider: Provider;
  readonly metering: Metering;
  readonly domain: MeteringDomain;
  readonly finality: Finality;
  /** Tells a meter something. */
  readonly tell: (meter: number, ack: Ack) => void;
  /** Unix seconds. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** What it goes by. */
export interface ConcentratorTerms {
  /** Reports in a transaction at most, and the age at which they go even if they are fewer: seconds. */
  readonly batchReports: number;
  readonly batchSeconds: number;
  /** Gas of a transaction at most: fewer reports go in one where that is little. */
  readonly batchGas: number;
  /** Items in the queue at which meters are asked to wait. */
  readonly mostQueued: number;
  /** Blocks above a transaction's own by which it is confirmed. */
  readonly confirmations: number;
}

/** What happened since the start. */
export interface ConcentratorCounts {
  received: number;
  accepted: number;
  final: number;
  batches: number;
  gasUsed: number;
  registered: number;
  sessions: number;
  busy: number;
  /** By reason. */
  readonly refused: Map<string, number>;
}

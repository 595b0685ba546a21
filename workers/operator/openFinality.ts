import { computeAddress, type JsonRpcApiProvider } from "ethers";
import type { Logger } from "pino";
import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { FinalityNode } from "../finality/finalityNode.js";
import { instantFinality } from "../finality/instantFinality.js";
import { overlayFinality } from "../finality/overlayFinality.js";
import { httpPeer } from "../finality/peer.js";
import { providerChain } from "../finality/providerChain.js";
import type { Finality } from "../finality/types.js";
import type { Store } from "../store/openStore.js";
import { type WorkerConfig, WorkerConfigError } from "./config.js";

/** What tells a worker what is final. */
export interface WorkerFinality {
  readonly finality: Finality;
  /** The seat's part in the overlay, where there is one. */
  readonly node: FinalityNode | undefined;
}

/** What it is made from. */
export interface FinalityParts {
  readonly provider: JsonRpcApiProvider;
  readonly store: Store;
  readonly logger: Logger;
  /** The operator's. */
  readonly account: string;
  /** The key that signs blocks, 32 bytes hexadecimal; needed by the overlay. */
  readonly key: string | undefined;
}

/**
 * What the configuration calls final; undefined if it does not say: then what is confirmed is.
 *
 * @throws WorkerConfigError if the overlay lacks its contract or key.
 */
export function openFinality(config: WorkerConfig, parts: FinalityParts): WorkerFinality | undefined {
  const { finality, contracts, chainId } = config;
  const { provider, store, logger, account, key } = parts;
  if (finality === undefined) return undefined;
  if (finality.kind !== "overlay") return { finality: instantFinality(provider), node: undefined };
  const overlay = contracts.finality;
  if (overlay === undefined) throw new WorkerConfigError("finality: the overlay needs contracts.finality");
  if (key === undefined) throw new WorkerConfigError("finality: the overlay needs a key that signs blocks");
  const consortium = Consortium__factory.connect(contracts.consortium, provider);
  const node = new FinalityNode({
    store,
    chain: providerChain(provider, overlay),
    domain: { chainId: BigInt(chainId), overlay },
    seat: async () => Number(await consortium.seatOf(account)),
    key,
    signer: computeAddress(key),
    peers: finality.peers.map(httpPeer),
    logger,
  });
  return { finality: overlayFinality(store, provider), node };
}

import type { Logger } from "pino";
import { type Metering, Metering__factory } from "../../typechain-types/index.js";
import { FailoverProvider } from "../chain/endpoints/failoverProvider.js";
import type { Finality } from "../finality/types.js";
import type { MeteringDomain } from "./domain.js";
import { type FinalityChoice, openFinality } from "./openFinality.js";

/** Where household metering is, as a configuration says. */
export interface MeteringChoice {
  readonly rpcUrl: string;
  readonly rpcUrls: readonly string[];
  readonly chainId: number;
  /** Address of the contract. */
  readonly metering: string;
  readonly finality: FinalityChoice;
}

/** Household metering, as a program reaches it. The caller destroys the provider. */
export interface OpenMetering {
  readonly provider: FailoverProvider;
  readonly metering: Metering;
  readonly domain: MeteringDomain;
  readonly finality: Finality;
}

/** Milliseconds for which one look at the chain may take. */
const REQUEST_MILLISECONDS = 20_000;
const MOST_LAG_BLOCKS = 5;

/** Connects to the nodes of a configuration. */
export function openMetering(
  { rpcUrl, rpcUrls, chainId, metering: address, finality }: MeteringChoice,
  logger: Logger,
): OpenMetering {
  const provider = new FailoverProvider(
    {
      urls: [rpcUrl, ...rpcUrls],
      chainId,
      timeoutMilliseconds: REQUEST_MILLISECONDS,
      maxLagBlocks: MOST_LAG_BLOCKS,
    },
    logger,
  );
  const metering = Metering__factory.connect(address, provider);
  return {
    provider,
    metering,
    domain: { chainId: BigInt(chainId), metering: address },
    finality: openFinality(finality, chainId, provider, metering),
  };
}

import { FetchRequest, type JsonRpcPayload, type JsonRpcProvider, type JsonRpcResult, Network } from "ethers";
import { QuickProvider } from "./quickProvider.js";

/** How an endpoint stands: `new` was never asked, `away` does not answer, `behind` lacks blocks, `foreign` serves another chain. */
export type EndpointState = "new" | "well" | "away" | "behind" | "foreign";

/** One JSON-RPC endpoint of several. */
export interface Endpoint {
  readonly url: string;
  readonly provider: JsonRpcProvider;
  /** Passes requests on as they are, and the answers back. @throws if there are none. */
  readonly pass: (payload: JsonRpcPayload | JsonRpcPayload[]) => Promise<JsonRpcResult[]>;
  state: EndpointState;
  /** Its latest block when it was last asked. */
  height: number | undefined;
  /** Milliseconds (`performance.now`) before which it is not used again, after it failed. */
  restsUntil: number;
  /** Whether its chain was looked at since it was last away. */
  known: boolean;
  /** A look at it that is under way. */
  probe: Promise<void> | undefined;
}

/** An endpoint's connection, with the chain fixed so that it does not look for one by itself. */
export function openEndpoint(url: string, chainId: number, timeoutMilliseconds: number): Endpoint {
  const provider = new QuickProvider(requestTo(url, timeoutMilliseconds), Network.from(chainId), {
    staticNetwork: true,
    cacheTimeout: -1,
  });
  return {
    url,
    provider,
    // oxlint-disable-next-line no-underscore-dangle -- what ethers calls the method that providers are to override
    pass: async (payload) => await provider._send(payload),
    state: "new",
    height: undefined,
    restsUntil: 0,
    known: false,
    probe: undefined,
  };
}

/** A request to an endpoint that fails after a time. */
export function requestTo(url: string, timeoutMilliseconds: number): FetchRequest {
  const request = new FetchRequest(url);
  request.timeout = timeoutMilliseconds;
  return request;
}

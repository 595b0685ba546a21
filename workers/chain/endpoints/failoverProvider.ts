import { JsonRpcProvider, Network, type JsonRpcPayload, type JsonRpcResult } from "ethers";
import type { SendLogger } from "../sending/types.js";
import { isNodeDown } from "../isNodeDown.js";
import { openEndpoint, requestTo, type Endpoint, type EndpointState } from "./endpoint.js";

export interface FailoverSettings {
  /** In order of preference, the own validator first; at least one. */
  readonly urls: readonly string[];
  readonly chainId: number;
  readonly timeoutMilliseconds: number;
  /** An endpoint that lacks more blocks than this is not used while another has them. */
  readonly maxLagBlocks: number;
  /** Hash of block 0, where it is known: who serves another chain of the same number is found out by it. */
  readonly genesisHash?: string | undefined;
}

type Answers = JsonRpcResult[];

/** How long an endpoint that failed is left alone. */
const REST_MILLISECONDS = 5_000;

/**
 * A JSON-RPC provider over several endpoints. Calls go to the first that is well; where it fails, the same call goes to
 * the next. `check` looks at all of them, and leads back to the first once it is well again.
 *
 * Each call has one answer from one node: nodes are tried, not asked to agree. Whoever reads several things that must
 * fit together compares block hashes, as with one node whose chain can turn.
 */
export class FailoverProvider extends JsonRpcProvider {
  readonly #endpoints: readonly Endpoint[];
  readonly #settings: FailoverSettings;
  readonly #logger: SendLogger;
  #genesis: string | undefined;
  #checked = false;

  constructor(settings: FailoverSettings, logger: SendLogger) {
    const { urls, chainId, timeoutMilliseconds, genesisHash } = settings;
    super(requestTo(urls[0]!, timeoutMilliseconds), Network.from(chainId), {
      staticNetwork: true,
      cacheTimeout: -1,
      // Calls that are made together go as one request; one alone need not wait for others.
      batchStallTime: 0,
    });
    this.#endpoints = urls.map((url) => openEndpoint(url, chainId, timeoutMilliseconds));
    this.#settings = settings;
    this.#logger = logger;
    this.#genesis = genesisHash?.toLowerCase();
  }

  /** How each endpoint stands, in order of preference, and which is used. */
  get endpoints(): readonly {
    readonly url: string;
    readonly state: EndpointState;
    readonly height: number | undefined;
    readonly used: boolean;
  }[] {
    const [used] = this.#order();
    return this.#endpoints.map((one) => ({
      url: one.url,
      state: one.state,
      height: one.height,
      used: one === used,
    }));
  }

  /**
   * Looks at every endpoint, if there are several: whether it answers, serves the chain, and is not behind. Waits for the
   * answers the first time only; later the looks go on beside the work.
   */
  async check(): Promise<void> {
    if (this.#endpoints.length === 1) return;
    const probes = this.#endpoints.map(async (endpoint) => {
      if (endpoint.state === "away" && performance.now() < endpoint.restsUntil) return;
      endpoint.probe ??= this.#probe(endpoint).finally(() => (endpoint.probe = undefined));
      await endpoint.probe;
    });
    const all = Promise.all(probes);
    if (!this.#checked) await all;
    this.#checked = true;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<Answers> {
    const [first, ...others] = this.#order();
    try {
      return await first!.pass(payload);
    } catch (error) {
      if (others.length === 0 || this.destroyed) throw error;
      this.#fail(first!, error);
      return isBroadcast(payload)
        ? await this.#sendToAny(others, payload)
        : await this.#sendInTurn(others, payload);
    }
  }

  /**
   * Gives a transaction to every endpoint of the chain.
   *
   * @throws the refusal of one that answered if none took it, or that no node answers.
   */
  async broadcastWidely(raw: string): Promise<void> {
    const tries = await Promise.allSettled(
      this.#order().map(async ({ provider }) => void (await provider.send("eth_sendRawTransaction", [raw]))),
    );
    if (tries.some(({ status }) => status === "fulfilled")) return;
    const reasons = tries.map((one): unknown => (one.status === "rejected" ? one.reason : undefined));
    throw reasons.find((reason) => !isNodeDown(reason)) ?? reasons[0];
  }

  override destroy(): void {
    for (const { provider } of this.#endpoints) if (!provider.destroyed) provider.destroy();
    if (!this.destroyed) super.destroy();
  }

  async #sendInTurn(
    endpoints: readonly Endpoint[],
    payload: JsonRpcPayload | JsonRpcPayload[],
  ): Promise<Answers> {
    let last: unknown;
    for (const endpoint of endpoints) {
      try {
        return await endpoint.pass(payload);
      } catch (error) {
        this.#fail(endpoint, error);
        last = error;
      }
    }
    throw last;
  }

  async #sendToAny(
    endpoints: readonly Endpoint[],
    payload: JsonRpcPayload | JsonRpcPayload[],
  ): Promise<Answers> {
    return await Promise.any(
      endpoints.map(async (endpoint) => {
        try {
          return await endpoint.pass(payload);
        } catch (error) {
          this.#fail(endpoint, error);
          throw error;
        }
      }),
    );
  }

  /** Those that are well, then those that may be again; one of another chain only if there is nothing else. */
  #order(): Endpoint[] {
    const well = this.#endpoints.filter(({ state }) => state === "well" || state === "new");
    const rest = (["behind", "away"] as const).flatMap((state) =>
      this.#endpoints.filter((one) => one.state === state),
    );
    const usable = [...well, ...rest];
    return usable.length > 0 ? usable : [this.#endpoints[0]!];
  }

  #fail(endpoint: Endpoint, error: unknown): void {
    endpoint.restsUntil = performance.now() + REST_MILLISECONDS;
    endpoint.known = false;
    this.#move(endpoint, "away", String(error));
  }

  async #probe(endpoint: Endpoint): Promise<void> {
    const { provider } = endpoint;
    try {
      if (!endpoint.known) {
        const [chainId, genesis] = await Promise.all([
          provider.send("eth_chainId", []) as Promise<string>,
          provider.send("eth_getBlockByNumber", ["0x0", false]) as Promise<{ hash: string } | null>,
        ]);
        if (BigInt(chainId) !== BigInt(this.#settings.chainId)) {
          this.#move(endpoint, "foreign", `it serves chain ${BigInt(chainId)}`);
          return;
        }
        const hash = genesis?.hash.toLowerCase();
        this.#genesis ??= hash;
        if (hash !== this.#genesis) {
          this.#move(endpoint, "foreign", "its first block is another");
          return;
        }
        endpoint.known = true;
      }
      endpoint.height = Number((await provider.send("eth_blockNumber", [])) as string);
    } catch (error) {
      if (!this.destroyed) this.#fail(endpoint, error);
      return;
    }
    if (endpoint.state !== "behind") this.#move(endpoint, "well");
    this.#compareHeights();
  }

  #compareHeights(): void {
    const answering = this.#endpoints.filter(({ state }) => state === "well" || state === "behind");
    const highest = Math.max(...answering.map(({ height }) => height ?? 0));
    for (const endpoint of answering) {
      const lag = highest - (endpoint.height ?? 0);
      this.#move(
        endpoint,
        lag > this.#settings.maxLagBlocks ? "behind" : "well",
        `it is ${lag} blocks behind`,
      );
    }
  }

  #move(endpoint: Endpoint, state: EndpointState, reason?: string): void {
    const before = endpoint.state;
    endpoint.state = state;
    if (before === state || this.#endpoints.length === 1) return;
    const { url } = endpoint;
    if (state !== "well") this.#logger.warn({ url, state, reason }, "endpoint not used");
    else if (before !== "new") this.#logger.info({ url }, "endpoint well again");
  }
}

function isBroadcast(payload: JsonRpcPayload | JsonRpcPayload[]): boolean {
  return [payload].flat().every(({ method }) => method === "eth_sendRawTransaction");
}

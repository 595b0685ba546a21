import type { Signer } from "ethers";
import { Hono } from "hono";
import type { Logger } from "pino";
import { FailoverProvider } from "../chain/endpoints/failoverProvider.js";
import { attestUntil } from "../finality/attestUntil.js";
import type { Finality } from "../finality/types.js";
import { type HttpServer, serveHttp } from "../http/serveHttp.js";
import { readIdentity } from "../store/bindIdentity.js";
import { openStore } from "../store/openStore.js";
import type { WorkerClock } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";
import { WorkerMonitor } from "./monitor/workerMonitor.js";
import { openFinality } from "./openFinality.js";
import { operatorSender } from "./operatorSender.js";
import { runWorker } from "./runWorker.js";
import type { StageObserver } from "./stages.js";
import { versionReader } from "./versionReader.js";
import { addWorkerRoutes } from "./workerRoutes.js";

/** What is given to a worker from outside its configuration. */
export interface WorkerParts {
  readonly clock: WorkerClock;
  readonly logger: Logger;
  readonly observe: StageObserver;
  /** The operator's key; connected here. */
  readonly signer: Signer;
  /** The key that signs blocks, 32 bytes hexadecimal; where the configuration has the worker sign. */
  readonly finalityKey?: string | undefined;
  /** In place of what the configuration calls final. Without either, what is confirmed is. */
  readonly finality?: Finality | undefined;
}

/** Longest wait for a turn to end, once the worker is told to stop. */
const STOP_MILLISECONDS = 5_000;

/**
 * Opens the store, the connection and the HTTP server of a worker, and runs it until the signal is given.
 *
 * @throws StoreLockedError if another worker has the database, HttpAddressError if its port is taken, and what
 *   `runWorker` throws.
 */
export async function startWorker(
  config: WorkerConfig,
  parts: WorkerParts,
  signal: AbortSignal,
): Promise<void> {
  const store = openStore(config.database);
  const { clock, logger } = parts;
  const provider = new FailoverProvider(
    {
      urls: [config.rpcUrl, ...config.rpcUrls],
      chainId: config.chainId,
      timeoutMilliseconds: config.requestTimeoutMilliseconds,
      maxLagBlocks: config.maxLagBlocks,
      genesisHash: readIdentity(store)?.genesisHash,
    },
    logger,
  );
  // A stop waits for the turn under way, unless the node lets it hang.
  const hurry = (): void => void setTimeout(() => provider.destroy(), STOP_MILLISECONDS).unref();
  signal.addEventListener("abort", hurry, { once: true });
  let server: HttpServer | undefined;
  const ended = new AbortController();
  let attesting: Promise<void> | undefined;
  try {
    const signer = parts.signer.connect(provider);
    const account = await signer.getAddress();
    const final = openFinality(config, { provider, store, logger, account, key: parts.finalityKey });
    const finality = parts.finality ?? final?.finality;
    const monitor = new WorkerMonitor({ clock, provider, store, logger }, config, finality);
    const { tell } = monitor;
    const observe: StageObserver = async (stage, detail) => {
      const { kind, slot } = detail;
      if (stage === "included" && kind === "upload" && slot !== undefined) tell({ what: "uploaded", slot });
      await parts.observe(stage, detail);
    };
    if (config.http !== undefined) {
      const app = new Hono();
      if (final?.node !== undefined) app.route("/", final.node.routes());
      addWorkerRoutes(app, { monitor });
      server = await serveHttp(app, config.http);
      logger.info({ url: server.url }, "serving HTTP");
    }
    if (final?.node !== undefined) {
      const { pollMilliseconds } = config;
      const until = AbortSignal.any([signal, ended.signal]);
      // Beside the turns: a long settlement holds nobody's finality up.
      attesting = attestUntil(final.node, { clock, logger, pollMilliseconds }, until);
    }
    const shared = { clock, provider, account, store, logger, observe };
    const sender = operatorSender({ ...shared, signer, finality }, config);
    const readVersion = versionReader(config.contracts.registry, provider, logger);
    await runWorker({ ...shared, tell, sender }, config, readVersion, monitor, signal);
  } finally {
    ended.abort();
    signal.removeEventListener("abort", hurry);
    await server?.close();
    provider.destroy();
    await attesting;
    store.close();
  }
}

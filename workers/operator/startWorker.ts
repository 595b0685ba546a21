import { FetchRequest, JsonRpcProvider, Network, type Signer } from "ethers";
import { Hono } from "hono";
import type { Logger } from "pino";
import { type HttpServer, serveHttp } from "../http/serveHttp.js";
import { openStore } from "../store/openStore.js";
import type { WorkerClock } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";
import { WorkerMonitor } from "./monitor/workerMonitor.js";
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
  const request = new FetchRequest(config.rpcUrl);
  request.timeout = config.requestTimeoutMilliseconds;
  // The network is fixed, so that the connection does not look for one by itself while the node is down; the worker
  // checks the chain's number.
  const provider = new JsonRpcProvider(request, Network.from(config.chainId), {
    staticNetwork: true,
    cacheTimeout: -1,
  });
  // A stop waits for the turn under way, unless the node lets it hang.
  const hurry = (): void => void setTimeout(() => provider.destroy(), STOP_MILLISECONDS).unref();
  signal.addEventListener("abort", hurry, { once: true });
  let server: HttpServer | undefined;
  try {
    const { clock, logger } = parts;
    const gasPrice = config.gasPriceWei === undefined ? undefined : BigInt(config.gasPriceWei);
    const monitor = new WorkerMonitor({ clock, provider, store, logger, gasPrice }, config);
    const { tell } = monitor;
    const observe: StageObserver = async (stage, detail) => {
      const { kind, slot } = detail;
      if (stage === "included" && kind === "upload" && slot !== undefined) tell({ what: "uploaded", slot });
      await parts.observe(stage, detail);
    };
    if (config.http !== undefined) {
      const app = new Hono();
      addWorkerRoutes(app, { monitor });
      server = await serveHttp(app, config.http);
      logger.info({ url: server.url }, "serving HTTP");
    }
    const signer = parts.signer.connect(provider);
    const readVersion = versionReader(config.contracts.registry, provider, logger);
    await runWorker(
      { clock, provider, signer, store, logger, observe, tell, gasPrice },
      config,
      readVersion,
      monitor,
      signal,
    );
  } finally {
    signal.removeEventListener("abort", hurry);
    await server?.close();
    provider.destroy();
    store.close();
  }
}

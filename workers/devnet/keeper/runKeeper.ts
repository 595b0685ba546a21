import { unwatchFile, watchFile } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { messageOf } from "../../errors/messageOf.js";
import { reachEngine } from "../engines/reachEngine.js";
import type { Engine } from "../engines/types.js";
import { runGate } from "../gate/gate.js";
import { type Arrival, CLOCK_WINDOW, clockOffset } from "../health/clockOffset.js";
import { followHeads } from "../health/followHeads.js";
import { healthApp } from "../health/healthApp.js";
import { networkMetrics } from "../health/metrics.js";
import { NetworkWatch } from "../health/watchNetwork.js";
import { healthPortOf } from "../healthPort.js";
import { layout } from "../layout.js";
import { readNetwork } from "../readNetwork.js";
import { serveHttp } from "../../http/serveHttp.js";
import type { Validator } from "../types.js";

/** How often the keeper looks whether validators joined or left, and at the nodes. */
const FOLLOW_MILLISECONDS = 200;
const LOOK_MILLISECONDS = 1_000;
/** How often it tries a port that another program has. */
const PORT_MILLISECONDS = 1_000;

/**
 * Stands beside the nodes of a network: the gates to their JSON-RPC, the watchdog against deadlocks, health and metrics over
 * HTTP. It follows `network.json`: gates come and go with the validators.
 *
 * @param until Ends it.
 * @param only The one validator whose gate to open, all if left out.
 * @throws DevnetError if there is no network in the folder.
 */
export async function runKeeper(
  folder: string,
  logger: Logger,
  until: AbortSignal,
  only?: number,
): Promise<void> {
  const at = layout(folder);
  let network = readNetwork(folder);
  const engine = reachEngine(network);
  const arrivals = new Map<number, Arrival[]>();
  const tended = new Map<number, AbortController>();

  let unread = "";
  const follow = (): void => {
    try {
      network = readNetwork(folder);
      unread = "";
    } catch (error) {
      // The folder is being deleted, or written by hand: what was read last holds. It is looked at more than once for a change.
      const reason = messageOf(error);
      if (reason !== unread) logger.warn({ reason }, "network not read");
      unread = reason;
    }
    const validators = network.validators.filter(({ number }) => only === undefined || number === only);
    for (const [number, ending] of tended) {
      if (validators.some((validator) => validator.number === number)) continue;
      ending.abort();
      tended.delete(number);
      arrivals.delete(number);
    }
    for (const validator of validators) {
      if (tended.has(validator.number)) continue;
      const ending = new AbortController();
      tended.set(validator.number, ending);
      const heard: Arrival[] = [];
      arrivals.set(validator.number, heard);
      tend(engine, validator, at.validator(validator.number).socket, heard, logger, ending.signal);
    }
  };
  follow();
  watchFile(at.network, { interval: FOLLOW_MILLISECONDS }, follow);

  const watch = new NetworkWatch({
    folder,
    network: () => network,
    engine,
    logger,
    clockOffset: (number) => clockOffset(arrivals.get(number) ?? []),
  });
  const metrics = networkMetrics();
  const app = healthApp(() => watch.latest, metrics);
  const healthPort = healthPortOf(network);
  const serving = insist(healthPort, "health", logger, until, () => serveUntil(app, healthPort, until));
  let failing = "";
  while (!until.aborted) {
    try {
      await watch.look();
      if (watch.latest !== undefined) metrics.update(watch.latest);
      failing = "";
    } catch (error) {
      // Once for as long as it stays the same; `/health` says meanwhile that nothing is known.
      const reason = messageOf(error);
      if (reason !== failing) logger.error({ reason }, "the look failed");
      failing = reason;
    }
    await pause(LOOK_MILLISECONDS, undefined, { signal: until }).catch(() => undefined);
  }
  unwatchFile(at.network);
  for (const ending of tended.values()) ending.abort();
  await serving;
}

/** Opens a validator's gate, and listens for its heads, until told to end. Needs a local socket: Clique's alone. */
function tend(
  engine: Engine,
  { rpcPort: port }: Validator,
  socket: string,
  heard: Arrival[],
  logger: Logger,
  until: AbortSignal,
): void {
  if (!engine.gated) return;
  void insist(port, "JSON-RPC", logger, until, () => runGate({ host: "127.0.0.1", port, socket }, until));
  const hear = (arrival: Arrival): void => {
    heard.push(arrival);
    if (heard.length > CLOCK_WINDOW) heard.shift();
  };
  void followHeads(socket, hear, until);
}

/** Serves on loopback until told to end. */
async function serveUntil(
  app: ReturnType<typeof healthApp>,
  port: number,
  until: AbortSignal,
): Promise<void> {
  const server = await serveHttp(app, { host: "127.0.0.1", port });
  if (!until.aborted)
    await new Promise<void>((resolve) => until.addEventListener("abort", () => resolve(), { once: true }));
  await server.close();
}

/** Serves something at a port, and waits for one that another program has: the rest must go on meanwhile. */
async function insist(
  port: number,
  what: string,
  logger: Logger,
  until: AbortSignal,
  serve: () => Promise<void>,
): Promise<void> {
  let said = false;
  while (!until.aborted) {
    try {
      await serve();
      return;
    } catch (error) {
      if (!said) logger.error({ port, reason: messageOf(error) }, `${what} is not served; trying again`);
      said = true;
      await pause(PORT_MILLISECONDS, undefined, { signal: until }).catch(() => undefined);
    }
  }
}

import type { Logger } from "pino";
import { z } from "zod";
import { type Bus, connectBus } from "../../bus/client/connectBus.js";
import { topics } from "../../bus/topics.js";
import { type HttpServer, serveHttp } from "../../http/serveHttp.js";
import { ProgramConfigError } from "../../program/readConfig.js";
import { readOwn } from "../../program/readOwn.js";
import { runTurns } from "../../program/runTurns.js";
import { lockStore } from "../../store/openStore.js";
import { readJson } from "../messages/readJson.js";
import type { FleetConfig } from "./config.js";
import { displayRoutes } from "./displayRoutes.js";
import { Fleet, type FleetCounts, type UsageSource } from "./fleet.js";
import { FleetStore } from "./fleetStore.js";
import { MeterClock } from "./meterClock.js";
import { householdSource, plausibleSource } from "./usageSource.js";

/** A simulator that runs. */
export interface RunningFleet {
  readonly fleet: Fleet;
  /** The meters' time, unix seconds. */
  readonly now: () => number;
  /** Ends when the signal is given. */
  readonly done: Promise<FleetCounts>;
}

/**
 * Runs the meters of a store until the signal is given, each with a connection and a credential of its own. Their time
 * begins in the past and goes as fast as it is told until it has caught up.
 */
export function runFleet(
  config: FleetConfig,
  password: string,
  logger: Logger,
  signal: AbortSignal,
): RunningFleet {
  const source = sourceOf(config);
  // Two would each measure, and send the other's connections away.
  const lock = lockStore(config.database);
  const store = new FleetStore(config.database, password);
  const passwords = readPasswords(config.broker.passwordsFile);
  const domain = { chainId: BigInt(config.chainId), metering: config.metering };
  const started = Date.now() / 1_000;
  const begin = started - config.pastSeconds;
  const now = (): number => {
    const present = Date.now() / 1_000;
    return Math.min(present, begin + (present - started) * config.speed);
  };
  const behind = (): number => Date.now() / 1_000 - now();
  const fleet = new Fleet(store, domain, config, source);
  const buses = new Map<number, Bus>();
  for (const meter of store.meters()) {
    const bus = connectBus(
      {
        url: config.broker.url,
        username: String(meter),
        password: passwords[meter] ?? "",
        caFile: config.broker.caFile,
        keepSession: true,
      },
      [topics.ack(meter), topics.gaps(meter), topics.epoch],
      (topic, payload) =>
        fleet.hear(
          meter,
          topic === topics.epoch ? "epoch" : topic.startsWith("ack/") ? "ack" : "gaps",
          payload,
        ),
      (reason) => logger.warn({ meter, reason }, "no connection to the broker"),
    );
    buses.set(meter, bus);
    const { clockOffSeconds, clockDriftPpm } = config;
    // Spread over the meters, the same every time.
    const place = ((meter * 0.618_033_988_75) % 1) * 2 - 1;
    const clock = new MeterClock(now, place * clockOffSeconds, -place * clockDriftPpm, behind);
    const link = {
      get connected() {
        return bus.connected;
      },
      send: (topic: "report" | "request", payload: Uint8Array | string): void =>
        // What is not delivered is sent again in time.
        void bus.publish(topics[topic](meter), payload).catch(() => undefined),
    };
    fleet.add(meter, link, clock, begin);
  }
  const done = (async (): Promise<FleetCounts> => {
    const { http } = config;
    let server: HttpServer | undefined;
    try {
      server = http && (await serveHttp(displayRoutes(fleet), http));
      logger.info({ meters: buses.size, displays: server?.url }, "meters started");
      await runTurns(
        () => {
          fleet.turn();
          return Promise.resolve(false);
        },
        config.turnMilliseconds,
        logger,
        signal,
      );
    } finally {
      await server?.close();
      await Promise.all([...buses.values()].map((bus) => bus.close()));
      try {
        store.close();
      } finally {
        lock.close();
      }
    }
    logger.info(fleet.counts, "meters stopped");
    return fleet.counts;
  })();
  return { fleet, now, done };
}

/** The meters' passwords by number. @throws ProgramConfigError */
function readPasswords(file: string): Readonly<Record<string, string>> {
  const passwords = readJson(z.record(z.string()), Buffer.from(readOwn(file)));
  if (passwords === undefined) throw new ProgramConfigError(`${file}: not the meters' passwords by number`);
  return passwords;
}

function sourceOf({ readings, intervalSeconds }: FleetConfig): UsageSource {
  return readings.kind === "plausible"
    ? plausibleSource(intervalSeconds)
    : householdSource(readings.folder, intervalSeconds);
}

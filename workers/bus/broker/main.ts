import { once } from "node:events";
import { pathFrom } from "../../program/readConfig.js";
import { runProgram } from "../../program/runProgram.js";
import { serveMetrics } from "../../http/serveMetrics.js";
import { BrokerMetrics } from "./brokerMetrics.js";
import { readBrokerConfig } from "./config.js";
import { Credentials } from "./credentials.js";
import { openBroker } from "./openBroker.js";

/* The embedded broker as a program of its own. */
await runProgram(async (file, parts) => {
  const config = readBrokerConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const logger = parts.logger(config.logLevel);
  const { tls } = config;
  const metrics = new BrokerMetrics();
  const broker = await openBroker({
    ...config,
    credentials: new Credentials(at(config.credentials)),
    tls: tls && { certFile: at(tls.certFile), keyFile: at(tls.keyFile) },
    refused: (what) => {
      metrics.refused(what);
      logger.warn(what, "refused");
    },
  });
  const server = await serveMetrics(
    metrics.registry(() => broker.clients),
    config.http,
  );
  logger.info({ url: broker.url }, "broker started");
  if (!parts.signal.aborted) await once(parts.signal, "abort");
  await server?.close();
  await broker.close();
  logger.info("broker stopped");
});

import { once } from "node:events";
import { Hono } from "hono";
import { pathFrom } from "../../program/readConfig.js";
import { runProgram } from "../../program/runProgram.js";
import { addMetrics } from "../../http/addMetrics.js";
import { serveHttp } from "../../http/serveHttp.js";
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
  const app = new Hono();
  addMetrics(
    app,
    metrics.registry(() => broker.clients),
  );
  const server = config.http === undefined ? undefined : await serveHttp(app, config.http);
  logger.info({ url: broker.url }, "broker started");
  if (!parts.signal.aborted) await once(parts.signal, "abort");
  await server?.close();
  await broker.close();
  logger.info("broker stopped");
});

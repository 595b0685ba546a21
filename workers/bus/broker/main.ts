import { once } from "node:events";
import { pathFrom } from "../../program/readConfig.js";
import { runProgram } from "../../program/runProgram.js";
import type { HttpServer } from "../../http/serveHttp.js";
import { serveProgram } from "../../http/serveProgram.js";
import { BrokerMetrics } from "./brokerMetrics.js";
import { readBrokerConfig } from "./config.js";
import { Credentials, CredentialsError } from "./credentials.js";
import { openBroker } from "./openBroker.js";

/* The embedded broker as a program of its own. */
await runProgram(async (file, parts) => {
  const config = readBrokerConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const logger = parts.logger(config.logLevel);
  const { tls } = config;
  const credentials = new Credentials(at(config.credentials));
  if (!credentials.refresh()) throw new CredentialsError(`${credentials.path}: there is no such file`);
  const metrics = new BrokerMetrics();
  const broker = await openBroker({
    ...config,
    credentials,
    tls: tls && { certFile: at(tls.certFile), keyFile: at(tls.keyFile) },
    refused: (what) => {
      metrics.refused(what);
      logger.warn(what, "refused");
    },
    dropped: () => metrics.dropped(),
    troubled: (reason) => logger.warn({ reason }, "the credentials that were read last hold on"),
  });
  let server: HttpServer | undefined;
  try {
    server = await serveProgram(
      metrics.registry(() => broker.clients),
      config.http,
    );
    logger.info({ url: broker.url }, "broker started");
    if (!parts.signal.aborted) await once(parts.signal, "abort");
  } finally {
    await server?.close();
    await broker.close();
  }
  logger.info("broker stopped");
});

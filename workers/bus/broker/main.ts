import { once } from "node:events";
import { pathFrom } from "../../program/readConfig.js";
import { runProgram } from "../../program/runProgram.js";
import { readBrokerConfig } from "./config.js";
import { Credentials } from "./credentials.js";
import { openBroker } from "./openBroker.js";

/* The embedded broker as a program of its own. */
await runProgram(async (file, parts) => {
  const config = readBrokerConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const logger = parts.logger(config.logLevel);
  const { tls } = config;
  const broker = await openBroker({
    ...config,
    credentials: new Credentials(at(config.credentials)),
    tls: tls && { certFile: at(tls.certFile), keyFile: at(tls.keyFile) },
    refused: (what) => logger.warn(what, "refused"),
  });
  logger.info({ url: broker.url }, "broker started");
  if (!parts.signal.aborted) await once(parts.signal, "abort");
  await broker.close();
  logger.info("broker stopped");
});

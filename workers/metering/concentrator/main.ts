import { loadOperatorWallet } from "../../crypto/keystore.js";
import { pathFrom } from "../../program/readConfig.js";
import { readSecret } from "../../program/readSecret.js";
import { runProgram } from "../../program/runProgram.js";
import { readConcentratorConfig } from "./config.js";
import { runConcentrator } from "./runConcentrator.js";

/* A data concentrator as a program. */
await runProgram(async (file, { logger, signal }) => {
  const config = readConcentratorConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const optional = (path: string | undefined): string | undefined => path && at(path);
  const wallet = await loadOperatorWallet({
    keystore: optional(config.keystore),
    passwordFile: optional(config.passwordFile),
    environment: process.env,
  });
  const { broker } = config;
  await runConcentrator(
    { ...config, database: at(config.database), broker: { ...broker, caFile: optional(broker.caFile) } },
    { wallet, brokerPassword: readSecret(at(broker.passwordFile)), logger: logger(config.logLevel) },
    signal,
  );
});

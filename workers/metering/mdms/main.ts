import { loadOperatorWallet } from "../../crypto/keystore.js";
import { pathFrom } from "../../program/readConfig.js";
import { readSecret } from "../../program/readSecret.js";
import { runProgram } from "../../program/runProgram.js";
import { readMdmsConfig } from "./config.js";
import { databaseFrom } from "./database/databaseFrom.js";
import { MdmsKeystore } from "./keys/mdmsKeystore.js";
import { runMdms } from "./runMdms.js";

/* The meter data management system as a program. */
await runProgram(async (file, { logger, signal }) => {
  const config = readMdmsConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const optional = (path: string | undefined): string | undefined => path && at(path);
  const wallet = await loadOperatorWallet({
    keystore: optional(config.keystore),
    passwordFile: optional(config.passwordFile),
    environment: process.env,
  });
  const { broker } = config;
  await runMdms(
    {
      ...config,
      database: databaseFrom(file, config.database),
      broker: { ...broker, caFile: optional(broker.caFile) },
    },
    {
      wallet,
      keystore: MdmsKeystore.open(at(config.keys), readSecret(at(config.keysPasswordFile))),
      brokerPassword: readSecret(at(broker.passwordFile)),
      logger: logger(config.logLevel),
    },
    signal,
  );
});

import { pathFrom } from "../../program/readConfig.js";
import { readSecret } from "../../program/readSecret.js";
import { runProgram } from "../../program/runProgram.js";
import { readSecrets } from "../readSecrets.js";
import { readMdmsConfig } from "./config.js";
import { databaseFrom } from "./database/databaseFrom.js";
import { MdmsKeystore } from "./keys/mdmsKeystore.js";
import { runMdms } from "./runMdms.js";

/* The meter data management system as a program. */
await runProgram(async (file, { logger, signal }) => {
  const config = readMdmsConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const { broker } = config;
  await runMdms(
    {
      ...config,
      database: databaseFrom(file, config.database),
      broker: { ...broker, caFile: broker.caFile && at(broker.caFile) },
    },
    {
      ...(await readSecrets(file, config)),
      keystore: MdmsKeystore.open(at(config.keys), readSecret(at(config.keysPasswordFile))),
      logger: logger(config.logLevel),
    },
    signal,
  );
});

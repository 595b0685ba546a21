import { pathFrom } from "../../program/readConfig.js";
import { runProgram } from "../../program/runProgram.js";
import { readSecrets } from "../readSecrets.js";
import { readConcentratorConfig } from "./config.js";
import { runConcentrator } from "./runConcentrator.js";

/* A data concentrator as a program. */
await runProgram(async (file, { logger, signal }) => {
  const config = readConcentratorConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const { broker } = config;
  await runConcentrator(
    {
      ...config,
      database: at(config.database),
      broker: { ...broker, caFile: broker.caFile && at(broker.caFile) },
    },
    { ...(await readSecrets(file, config)), logger: logger(config.logLevel) },
    signal,
  );
});

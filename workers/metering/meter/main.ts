import { pathFrom } from "../../program/readConfig.js";
import { readSecret } from "../../program/readSecret.js";
import { runProgram } from "../../program/runProgram.js";
import { readFleetConfig } from "./config.js";
import { runFleet } from "./runFleet.js";

/* Simulated meters as a program. */
await runProgram(async (file, { logger, signal }) => {
  const config = readFleetConfig(file);
  const at = (path: string): string => pathFrom(file, path);
  const { broker, readings } = config;
  const { done } = runFleet(
    {
      ...config,
      database: at(config.database),
      broker: {
        ...broker,
        passwordsFile: at(broker.passwordsFile),
        caFile: broker.caFile && at(broker.caFile),
      },
      readings: readings.kind === "files" ? { ...readings, folder: at(readings.folder) } : readings,
    },
    readSecret(at(config.passwordFile)),
    logger(config.logLevel),
    signal,
  );
  await done;
});

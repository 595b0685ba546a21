import { pino } from "pino";
import { loadOperatorWallet } from "../../workers/crypto/keystore.js";
import { readWorkerConfig } from "../../workers/operator/config.js";
import { ignoreStages } from "../../workers/operator/stages.js";
import { startWorker } from "../../workers/operator/startWorker.js";
import { systemClock } from "../../workers/operator/systemClock.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly workerConfig: string;
}

export default userTask<Arguments>(async (args) => {
  const config = readWorkerConfig(userPath(args.workerConfig));
  const logger = pino({ level: config.logLevel, base: null });
  const signer = await loadOperatorWallet({
    keystore: config.keystore,
    passwordFile: config.passwordFile,
    environment: process.env,
  });
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  await startWorker(config, { clock: systemClock, logger, observe: ignoreStages, signer }, stop.signal);
});

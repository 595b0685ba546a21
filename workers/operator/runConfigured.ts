import { pino } from "pino";
import { loadOperatorWallet } from "../crypto/keystore.js";
import { readWorkerConfig } from "./config.js";
import { loadFinalityKey } from "./loadFinalityKey.js";
import { ignoreStages } from "./stages.js";
import { startWorker } from "./startWorker.js";
import { systemClock } from "./systemClock.js";

/**
 * Runs the worker of a configuration file in this process until SIGINT or SIGTERM. Logs go to standard output, one JSON
 * object a line.
 *
 * @throws what `readWorkerConfig`, `loadOperatorWallet` and `startWorker` throw.
 */
export async function runConfigured(path: string): Promise<void> {
  const config = readWorkerConfig(path);
  const logger = pino({ level: config.logLevel, base: null });
  const signer = await loadOperatorWallet({
    keystore: config.keystore,
    passwordFile: config.passwordFile,
    environment: process.env,
  });
  const finalityKey = await loadFinalityKey(config, signer, process.env);
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  await startWorker(
    config,
    { clock: systemClock, logger, observe: ignoreStages, signer, finalityKey },
    stop.signal,
  );
}

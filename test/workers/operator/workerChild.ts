import { pino } from "pino";
import { loadOperatorWallet } from "../../../workers/crypto/keystore.js";
import { readWorkerConfig } from "../../../workers/operator/config.js";
import { loadFinalityKey } from "../../../workers/operator/loadFinalityKey.js";
import type { Stage, StageDetail } from "../../../workers/operator/stages.js";
import { startWorker } from "../../../workers/operator/startWorker.js";
import { systemClock } from "../../../workers/operator/systemClock.js";

/*
 * A worker in a process of its own, as main.ts makes one, but watched: at every stage it tells its parent and waits for leave to go on.
 */
const config = readWorkerConfig(process.argv[2]!);

function observe(stage: Stage, { slot, kind, block }: StageDetail): Promise<void> {
  return new Promise((resolve) => {
    process.once("message", () => resolve());
    process.send!({ stage, slot, kind, block });
  });
}

const signer = await loadOperatorWallet({ environment: process.env });
const finalityKey = await loadFinalityKey(config, signer, process.env);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
try {
  await startWorker(
    config,
    {
      clock: systemClock,
      logger: pino({ level: config.logLevel, base: null }, pino.destination({ dest: 1, sync: true })),
      observe,
      signer,
      finalityKey,
    },
    stop.signal,
  );
} finally {
  process.disconnect();
}

import { pino } from "pino";
import { loadOperatorWallet } from "../../../workers/crypto/keystore.js";
import { readWorkerConfig } from "../../../workers/operator/config.js";
import type { Stage, StageDetail } from "../../../workers/operator/stages.js";
import { startWorker } from "../../../workers/operator/startWorker.js";
import { systemClock } from "../../../workers/operator/systemClock.js";

/*
 * The operator's worker as its own program runs it, but for this: `workerProgram.ts CONFIG STAGE [KIND]` kills itself, with
 * SIGKILL, when it first comes to that stage (of a transaction of that kind).
 */
const [path, stage, kind] = process.argv.slice(2);
const config = readWorkerConfig(path!);

async function observe(at: Stage, detail: StageDetail): Promise<void> {
  if (at !== stage || (kind !== undefined && detail.kind !== kind)) return;
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => undefined);
}

const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
await startWorker(
  config,
  {
    clock: systemClock,
    logger: pino({ level: config.logLevel, base: null }, pino.destination({ dest: 1, sync: true })),
    observe,
    signer: await loadOperatorWallet({
      keystore: config.keystore,
      passwordFile: config.passwordFile,
      environment: {},
    }),
  },
  stop.signal,
);

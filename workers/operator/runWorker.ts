import { StoreForeignError } from "../store/bindIdentity.js";
import { isUnwritable } from "../store/isUnwritable.js";
import { Backoff } from "./backoff.js";
import type { Collaborators } from "./collaborators.js";
import type { WorkerConfig } from "./config.js";
import { NotAnOperatorError, WrongChainError } from "./identifyOperator.js";
import { watchSource } from "./ingest/watchSource.js";
import { isNodeDown } from "../chain/isNodeDown.js";
import type { WorkerMonitor } from "./monitor/workerMonitor.js";
import type { ReadVersion } from "./operatorContext.js";
import { OperatorWorker } from "./operatorWorker.js";

/**
 * Runs a worker until the signal is given. A node that does not answer, or any other error that another try may mend,
 * is logged once and waited out, with pauses that double up to a longest one.
 *
 * @throws NotAnOperatorError, WrongChainError, StoreForeignError: what no waiting mends.
 */
export async function runWorker(
  worker: Collaborators,
  config: WorkerConfig,
  readVersion: ReadVersion,
  monitor: WorkerMonitor,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger } = worker;
  const operator = new OperatorWorker(worker, config, readVersion);
  const backoff = new Backoff(config.pollMilliseconds, config.maxBackoffMilliseconds);
  let wake = new AbortController();
  const watch =
    config.measurements === undefined ? undefined : watchSource(config.measurements, () => wake.abort());
  let lastMessage = "";
  try {
    while (!signal.aborted) {
      // Before the turn: what changes during it wakes the worker at once.
      wake = new AbortController();
      let pause = config.pollMilliseconds;
      const started = performance.now();
      let failure: unknown;
      try {
        const more = await operator.turn();
        if (backoff.failures > 0) logger.info({ failures: backoff.failures }, "going on");
        backoff.succeeded();
        lastMessage = "";
        if (more) pause = 0;
      } catch (error) {
        if (isFatal(error)) throw error;
        if (signal.aborted) break;
        failure = error;
        pause = backoff.failed();
        const known = knownTrouble(error);
        const message = known ?? String(error);
        if (message !== lastMessage) {
          if (known === undefined) logger.error({ err: error }, "a turn failed; trying again");
          else logger.warn({ reason: String(error) }, known);
        }
        lastMessage = message;
      }
      const seconds = (performance.now() - started) / 1000;
      await monitor.turned({ seconds, error: failure, sight: operator.sight });
      // A failure is waited out even if files change.
      const until = backoff.failures > 0 ? signal : AbortSignal.any([signal, wake.signal]);
      if (pause > 0) await clock.sleep(pause, until);
    }
  } finally {
    watch?.close();
  }
  logger.info("worker stopped");
}

/** What is wrong, where it is the worker's surroundings, and a matter of time. */
function knownTrouble(error: unknown): string | undefined {
  if (isNodeDown(error)) return "the node does not answer; trying again until it does";
  if (isUnwritable(error)) return "the disk is not writable; trying again until it is";
  return undefined;
}

function isFatal(error: unknown): boolean {
  return (
    error instanceof NotAnOperatorError ||
    error instanceof WrongChainError ||
    error instanceof StoreForeignError
  );
}

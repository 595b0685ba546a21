import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { revertReason } from "../chain/revertReason.js";
import { messageOf } from "../errors/messageOf.js";

/** The longest pause after failures, milliseconds. */
const LONGEST = 30_000;

/**
 * Does one turn after another until the signal is given. A turn that fails is said once and tried again, after pauses that
 * double; what a contract refused is said in its own words.
 *
 * @param turn whether there is more to do at once.
 * @param turned told after each turn what it threw, undefined if it did all.
 */
export async function runTurns(
  turn: () => Promise<boolean>,
  pollMilliseconds: number,
  logger: Logger,
  signal: AbortSignal,
  turned: (error?: unknown) => Promise<void> = async () => undefined,
): Promise<void> {
  let failures = 0;
  let said = "";
  while (!signal.aborted) {
    let pause = pollMilliseconds;
    let failure: unknown;
    try {
      const more = await turn();
      if (failures > 0) logger.info({ failures }, "going on");
      failures = 0;
      said = "";
      if (more) pause = 0;
    } catch (error) {
      if (signal.aborted) break;
      failure = error;
      pause = Math.min(LONGEST, pollMilliseconds * 2 ** Math.min(failures++, 10));
      const reason = revertReason(error)?.message ?? messageOf(error);
      if (reason !== said) logger.warn({ reason }, "a turn failed; trying again");
      said = reason;
    }
    await turned(failure);
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

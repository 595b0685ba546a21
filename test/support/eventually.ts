import { setTimeout as wait } from "node:timers/promises";

/** A little less than a test of mocha has, so that it is told what did not come; only a hopeless wait takes that long. */
const PATIENCE_SECONDS = 110;

/**
 * Waits until something is so, looking often.
 *
 * @param seconds The longest wait.
 * @throws after it, naming what did not come.
 */
export async function eventually(
  what: string,
  isSo: () => boolean | undefined | Promise<boolean | undefined>,
  seconds = PATIENCE_SECONDS,
): Promise<void> {
  const deadline = performance.now() + 1_000 * seconds;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`did not come: ${what}`);
    await wait(15);
  }
}

import { setTimeout as wait } from "node:timers/promises";

/** A little less than a test of mocha has, so that it is told what did not come; only a hopeless wait takes that long. */
const PATIENCE_MILLISECONDS = 110_000;

/**
 * Waits until something is so, looking often.
 *
 * @throws after almost two minutes, naming what did not come.
 */
export async function eventually(
  what: string,
  isSo: () => boolean | undefined | Promise<boolean | undefined>,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`did not come: ${what}`);
    await wait(15);
  }
}

import { setTimeout as wait } from "node:timers/promises";

/**
 * Waits until something is so, looking often.
 *
 * @param seconds The longest wait.
 * @throws after it, naming what did not come.
 */
export async function eventually(
  what: string,
  isSo: () => boolean | undefined | Promise<boolean | undefined>,
  seconds = 60,
): Promise<void> {
  const deadline = performance.now() + 1_000 * seconds;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`did not come: ${what}`);
    await wait(15);
  }
}

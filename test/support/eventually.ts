import { setTimeout as wait } from "node:timers/promises";

/**
 * Waits until something is so, looking often.
 *
 * @throws after a minute, naming what did not come.
 */
export async function eventually(
  what: string,
  isSo: () => boolean | undefined | Promise<boolean | undefined>,
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`did not come: ${what}`);
    await wait(15);
  }
}

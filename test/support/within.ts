import { setTimeout as pause } from "node:timers/promises";

const LOOK_MILLISECONDS = 100;

/**
 * Waits until something is so, for what takes long: looks ten times a second.
 *
 * @param isSo May fail while a node is away; that counts as not yet.
 * @throws after so many seconds, naming what did not come and why the last look failed.
 */
export async function within(
  seconds: number,
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 1000 * seconds;
  for (;;) {
    let reason = "";
    try {
      if (await isSo()) return;
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > deadline) throw new Error(`did not come within ${seconds} s: ${what}${reason}`);
    await pause(LOOK_MILLISECONDS);
  }
}

import { setTimeout as pause } from "node:timers/promises";
import { DevnetError } from "./errors.js";

const POLL_MILLISECONDS = 50;

/** Looks again and again until something holds. @throws DevnetError with the complaint, if it does not in time. */
export async function until(
  seconds: number,
  complaint: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 1000 * seconds;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new DevnetError(`${complaint} within ${seconds} s`);
    await pause(POLL_MILLISECONDS);
  }
}

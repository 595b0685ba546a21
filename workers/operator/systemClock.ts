import { setTimeout as wait } from "node:timers/promises";
import type { WorkerClock } from "./collaborators.js";

/** The clock of the machine. */
export const systemClock: WorkerClock = {
  now: () => Date.now() / 1000,
  sleep: async (milliseconds, signal) => {
    // Given up early by the signal: as good as slept.
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  },
};

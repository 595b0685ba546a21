import { within } from "../within.js";

/** Looks in a row, at most ten a second, at which what stands has not moved. */
const STILL_LOOKS = 50;

/** Waits until something has not changed for some seconds. @returns what it is then. */
export async function standsStill<T extends string | number>(look: () => Promise<T>): Promise<T> {
  let last: T | undefined;
  let still = 0;
  await within(90, "the chain halts", async () => {
    const now = await look();
    still = now === last ? still + 1 : 0;
    last = now;
    return still >= STILL_LOOKS;
  });
  return last!;
}

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const WRITES = ["renameSync", "writeFileSync", "writeSync", "openSync", "linkSync", "rmSync"] as const;

/** What a process that was killed does not live to see. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Counts writes, and has none happen from some write on. */
export interface Countdown {
  /** A write that this module does not see, such as a transaction: refused from that write on. */
  readonly write: () => void;
}

/**
 * Runs `work` as if its process were killed just before its n-th write: from then on no file is written, renamed, linked or
 * removed, whoever tries, and what asks `write()` is refused.
 *
 * @param n from 0.
 * @returns whether it was killed; otherwise it came to its end with fewer writes.
 */
export async function killAt(n: number, work: (countdown: Countdown) => Promise<unknown>): Promise<boolean> {
  let done = 0;
  const write = (): void => {
    if (done++ >= n) throw new Killed(`before write ${n}`);
  };
  const originals = Object.fromEntries(WRITES.map((name) => [name, fs[name]]));
  for (const name of WRITES) {
    const original = fs[name] as (...args: unknown[]) => unknown;
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        if (name !== "openSync" || args[1] !== "r") write();
        return original(...args);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    await work({ write });
    return false;
  } catch (error) {
    if (done <= n) throw error;
    return true;
  } finally {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  }
}

import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { isAlive } from "../processes.js";

/**
 * Makes sure that only one program recovers a network at a time: a file names it. One left by a program that is gone counts
 * for nothing.
 *
 * @returns What gives the lock back; undefined if another program has it.
 */
export function lockRecovery(file: string): (() => void) | undefined {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const opened = openSync(file, "wx");
      writeSync(opened, `${process.pid}\n`);
      closeSync(opened);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      if (isHeld(file)) return undefined;
      rmSync(file, { force: true });
    }
  }
  return undefined;
}

function isHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return pid !== process.pid && Number.isInteger(pid) && pid > 0 && isAlive(pid);
  } catch {
    return false;
  }
}

import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Processor time that a process has taken, seconds; 0 where it is gone or the system does not say. */
export function processSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    // After the name, which may hold anything: the state is the third field, user and system time the 14th and 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { runningOf } from "../../workers/devnet/running.js";
import type { Network } from "../../workers/devnet/types.js";

const run = promisify(execFile);

/** Processor time that a network's programs have taken, seconds: what a busy machine does not change. */
export interface CpuSeconds {
  readonly engines: number;
  /** With what else the program of the gates does. */
  readonly gates: number;
}

/** Whole seconds, as the system's list of processes has them. */
export async function cpuSeconds(folder: string, network: Network): Promise<CpuSeconds> {
  const { validators, keeper } = await runningOf(folder, network);
  const { stdout } = await run("ps", ["-axww", "-o", "pid=,times="]);
  const taken = new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/u).map(Number) as [number, number]),
  );
  const of = (pid: number | undefined): number => (pid === undefined ? 0 : (taken.get(pid) ?? 0));
  return { engines: [...validators.values()].reduce((sum, pid) => sum + of(pid), 0), gates: of(keeper) };
}

import { execFile, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Command } from "./engines/types.js";
import { DevnetError } from "./errors.js";

const run = promisify(execFile);

/** A process of a network: its number, and what was started. */
export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Starts a program of its own session, which outlives the launcher; its output goes to a file. @returns its number. */
export function startDetached({ program, args }: Command, log: string): number {
  const output = openSync(log, "a", 0o600);
  try {
    const child = spawn(program, args, { detached: true, stdio: ["ignore", output, output] });
    child.on("error", () => undefined);
    child.unref();
    return child.pid ?? -1;
  } finally {
    closeSync(output);
  }
}

/**
 * The processes that run for a network: those whose arguments name something of its own. Found by the operating system's
 * list, so that what a launcher started before it was killed is found too.
 *
 * @param belongs Tells by a process's command line; or marks, of which one must be among its arguments: see `hasArguments`.
 */
export async function processesOf(
  belongs: readonly string[] | ((command: string) => boolean),
): Promise<Process[]> {
  const isOurs =
    typeof belongs === "function"
      ? belongs
      : (command: string) => belongs.some((mark) => hasArguments(command, mark));
  const { stdout } = await run("ps", ["-axww", "-o", "pid=,stat=,args="], { maxBuffer: 64 * 2 ** 20 });
  return stdout.split("\n").flatMap((line) => {
    const found = /^\s*(\d+)\s+(\S+)\s+(.*)$/u.exec(line);
    if (found === null || found[2]!.startsWith("Z") || Number(found[1]) === process.pid) return [];
    const command = found[3]!;
    return isOurs(command) ? [{ pid: Number(found[1]), command }] : [];
  });
}

/** Whether a command line has an argument, or several in a row; the first may be the end of a path. */
export function hasArguments(command: string, mark: string): boolean {
  return `${command} `.includes(` ${mark} `) || `${command} `.includes(`/${mark} `);
}

/** How long a process may take to end by itself. */
const PATIENCE_MILLISECONDS = 15_000;
/** How long the system may take to end a process that was killed. */
const KILL_MILLISECONDS = 15_000;

/** Asks processes to end, and ends those that do not. @throws DevnetError if the system does not end one. */
export async function stopProcesses(pids: readonly number[]): Promise<void> {
  signal(pids, "SIGTERM");
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (pids.some(isAlive) && Date.now() < deadline) await pause(50);
  signal(pids.filter(isAlive), "SIGKILL");
  const end = Date.now() + KILL_MILLISECONDS;
  while (pids.some(isAlive) && Date.now() < end) await pause(20);
  const left = pids.filter(isAlive);
  if (left.length > 0) throw new DevnetError(`process ${left.join(", ")} was killed and does not end`);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended in the meantime.
    }
  }
}

/** Whether a process runs; one that ended and waits for its parent to look does not: some parents never do. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^[ZX]/u.test(stateOf(pid));
  } catch {
    return false;
  }
}

/** The state of a process, as `ps` writes it. @throws where there is no such process. */
function stateOf(pid: number): string {
  if (!existsSync("/proc/self/stat"))
    return execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).trim();
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // After the name, which is in brackets and may hold some itself.
  return stat.slice(stat.lastIndexOf(")") + 2);
}

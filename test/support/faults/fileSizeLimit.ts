import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether the limits of a process that runs can be set here. */
export async function canLimitFiles(): Promise<boolean> {
  return await run("prlimit", ["--pid", String(process.pid), "--fsize"]).then(
    () => true,
    () => false,
  );
}

/**
 * Has every write of a process beyond so many bytes of a file fail, as on a full disk; of no file any more, if undefined. Needs no
 * rights beyond those over one's own processes.
 */
export async function limitFiles(pid: number, bytes: number | undefined): Promise<void> {
  // The soft limit alone: the hard one, once lower, could not be raised again.
  await run("prlimit", ["--pid", String(pid), `--fsize=${bytes ?? "unlimited"}:`]);
}

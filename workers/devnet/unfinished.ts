import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isAlive } from "./processes.js";

/** Beside a network's folder: where a process makes the network, before it takes its place whole. */
export function makingFolder(root: string, pid: number): string {
  return `${root}.making-${pid}`;
}

/** Deletes what was being made by processes that ended before it was whole: keys that nobody ever used. */
export function clearUnfinished(root: string): void {
  const parent = dirname(root);
  const start = basename(makingFolder(root, 0)).slice(0, -1);
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(start) ? name.slice(start.length) : "";
    if (!/^\d+$/u.test(pid)) continue;
    if (Number(pid) === process.pid || !isAlive(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder of mode 0700 and those above it that are missing, one by one: Node.js's own way to make them at once does not end
 * where the file system makes none, such as in /proc.
 *
 * @throws what the file system says, ENOTDIR where a file stands.
 */
export function makeFolder(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) return;
  if (there !== undefined) {
    throw Object.assign(new Error(`${path}: is no folder`), { code: "ENOTDIR", path });
  }
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

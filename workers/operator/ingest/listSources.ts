import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const EXTENSIONS = [".csv", ".jsonl", ".ndjson", ".json"];

/**
 * The files to read: the file itself, or the measurement files directly in a folder by name. Hidden files and other
 * extensions in a folder are left alone, so that a file can be written under a temporary name and then renamed.
 *
 * @returns nothing if the path does not exist (yet).
 */
export function listSources(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .filter((name) => EXTENSIONS.some((extension) => name.toLowerCase().endsWith(extension)))
    .sort()
    .map((name) => join(path, name));
}

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const EXTENSIONS = [".csv", ".jsonl", ".ndjson", ".json"];

/** Whether a file of that name in a folder is read. */
export function isMeasurementFile(name: string): boolean {
  return !name.startsWith(".") && EXTENSIONS.some((extension) => name.toLowerCase().endsWith(extension));
}

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
    .filter((entry) => !entry.isDirectory() && isMeasurementFile(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((name) => join(path, name));
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder. It is removed when the process ends, so that what a suite stops at its end is still found there. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gridproof-"));
  folders.push(folder);
  return folder;
}

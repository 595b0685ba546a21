import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "mocha";

/** A new empty folder, removed after the suite that asks for it. Call it inside a `describe`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gridproof-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

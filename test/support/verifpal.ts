import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Verifpal, which searches a model of a protocol for attacks; undefined, with a line that says so, where it is not found. */
export function findVerifpal(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = [
    process.env["GRIDPROOF_VERIFPAL"],
    ...folders.map((folder) => join(folder, "verifpal")),
  ].find((path) => path !== undefined && existsSync(path));
  if (found === undefined)
    process.stdout.write(
      "    skipped: no Verifpal here (1.6; on the PATH, or named by GRIDPROOF_VERIFPAL)\n",
    );
  return found;
}

/**
 * Searches a model for attacks.
 *
 * @param sessions runs of each party at once.
 * @returns a letter and a digit for each query of the model, in order: 0 if no attack was found, 1 if one was.
 */
export function searchAttacks(verifpal: string, model: string, sessions: number): string {
  const folder = mkdtempSync(join(tmpdir(), "gridproof-model-"));
  try {
    const path = join(folder, "model.vp");
    writeFileSync(path, model);
    const args = ["verify", path, "--sessions", String(sessions), "--result-code"];
    return execFileSync(verifpal, args, { encoding: "utf8" }).trim().split("\n").at(-1)!;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

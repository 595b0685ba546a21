import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The committed files of typechain-types/ that the build just made anew and differently, or that it would not make. */
export async function staleTypes(): Promise<string[]> {
  const { stdout } = await promisify(execFile)("git", [
    "status",
    "--porcelain",
    "--untracked-files=all",
    "--",
    "typechain-types",
  ]);
  return stdout
    .split("\n")
    .filter((row) => row !== "")
    .map((row) => row.slice(3));
}

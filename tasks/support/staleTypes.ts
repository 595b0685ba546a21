import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * The committed files of typechain-types/ that the build just made anew and differently, or that it would not make. The
 * order of lines is left out: the generator lists contracts in the order in which they were compiled.
 */
export async function staleTypes(): Promise<string[]> {
  const changed = await git("status", "--porcelain", "--untracked-files=all", "--", "typechain-types");
  const stale: string[] = [];
  for (const line of changed.split("\n").filter((row) => row !== "")) {
    const file = line.slice(3);
    if (line.startsWith("??") || line[1] === "D") stale.push(file);
    else if (sorted(await git("show", `HEAD:${file}`)) !== sorted(await readFile(file, "utf8")))
      stale.push(file);
  }
  return stale;
}

function sorted(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .sort()
    .join("\n");
}

async function git(...args: string[]): Promise<string> {
  return (await promisify(execFile)("git", args, { maxBuffer: 2 ** 28 })).stdout;
}

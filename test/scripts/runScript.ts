import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The project's tasks without the wrapper, which would look after the dependencies first. */
export const HARDHAT = join(ROOT, "node_modules", ".bin", "hardhat");

/** How a run-book ended. */
export interface ScriptRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a run-book as a person would, from another folder. */
export async function runScript(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ScriptRun> {
  const { GRIDPROOF_OPERATOR_KEY: _, GRIDPROOF_DEPLOYMENT: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    HARDHAT_DISABLE_TELEMETRY: "true",
    NO_COLOR: "1",
    GRIDPROOF: HARDHAT,
    ...environment,
  };
  return await new Promise((resolve) => {
    execFile(
      join(ROOT, "scripts", name),
      args,
      { cwd: "/", env, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

/** What a run-book says it checked. */
export function checkedBy({ stdout }: ScriptRun): string[] {
  return [...stdout.matchAll(/^checked: (.*)$/gmu)].map((match) => match[1]!);
}

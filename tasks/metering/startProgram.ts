import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";
import { userTask } from "../support/userTask.js";

interface Arguments {
  readonly programConfig: string;
}

/** A task that runs one of metering's programs until it ends, or is told to (SIGINT, SIGTERM). @param main from the project's root. */
export function startProgram(main: string) {
  return userTask<Arguments>(async ({ programConfig }, hre) => {
    const { root } = hre.config.paths;
    const child = spawn(process.execPath, ["--import", "tsx", join(root, main), userPath(programConfig)], {
      cwd: root,
      stdio: "inherit",
    });
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGINT", pass).on("SIGTERM", pass);
    const code = await ended(child);
    process.off("SIGINT", pass).off("SIGTERM", pass);
    if (code !== 0) throw new UserError(`${main} ended with ${code}`);
  });
}

async function ended(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return await new Promise((done, failed) => {
    child.once("error", failed);
    child.once("exit", (code, signal) => done(code ?? signal ?? 0));
  });
}

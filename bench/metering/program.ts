import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KEY_VARIABLE } from "../../workers/crypto/keystore.js";

/** What is started: a `main.ts` of the project, its configuration, and the key of its account, if it has one. */
export interface ProgramFiles {
  /** Path of its `main.ts` from the project's folder. */
  readonly main: string;
  readonly config: string;
  /** What it says goes to the end of this file. */
  readonly log: string;
  readonly key?: string | undefined;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One of the project's programs as a process of its own, which can be killed and started again. */
export class Program {
  #child: ChildProcess | undefined;

  constructor(readonly files: ProgramFiles) {}

  /** Its process number while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { main, config, log, key } = this.files;
    // Whatever ends the measurement, nothing of it goes on.
    process.once("exit", () => this.#child?.kill("SIGKILL"));
    const output = openSync(log, "a", 0o600);
    try {
      this.#child = spawn(process.execPath, ["--import", "tsx", main, config], {
        cwd: ROOT,
        stdio: ["ignore", output, output],
        env: { ...process.env, NODE_OPTIONS: "", ...(key === undefined ? {} : { [KEY_VARIABLE]: key }) },
      });
    } finally {
      closeSync(output);
    }
  }

  /** Ends it, at once with `SIGKILL`, and waits until it is gone. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}

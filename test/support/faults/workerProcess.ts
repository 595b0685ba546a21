import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Stage } from "../../../workers/operator/stages.js";
import type { SubmissionKind } from "../../../workers/store/journal.js";

const program = fileURLToPath(new URL("../../../workers/operator/main.ts", import.meta.url));
const dyingProgram = fileURLToPath(new URL("workerProgram.ts", import.meta.url));

/** A line of a worker's log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Where a worker dies: when it first comes to a stage, of a transaction of a kind if one is named. */
export interface DeathAt {
  readonly stage: Stage;
  readonly kind?: SubmissionKind;
}

/** An operator's worker in a process of its own, from its configuration file; started again and again. */
export class WorkerProcess {
  /** All it logged, over all its lives. */
  readonly logs: LogLine[] = [];
  #child: ChildProcess | undefined;
  #errors = "";

  constructor(readonly config: string) {}

  /** @throws if it runs. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined || !this.running) throw new Error(`${this.config}: does not run`);
    return pid;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** Starts it; with a death, the program that kills itself there. */
  start(death?: DeathAt): void {
    if (this.running) throw new Error(`${this.config}: runs already`);
    const args =
      death === undefined
        ? [program, this.config]
        : [dyingProgram, this.config, death.stage, ...(death.kind === undefined ? [] : [death.kind])];
    const child = spawn(process.execPath, ["--import", "tsx", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.logs.push(JSON.parse(line) as LogLine);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
  }

  /** Waits until it ends by itself. @returns the exit code, or the signal. */
  async ended(): Promise<number | string | null> {
    const child = this.#child;
    if (child === undefined) throw new Error(`${this.config}: was never started`);
    if (this.running) await once(child, "exit");
    return child.exitCode ?? child.signalCode;
  }

  /** Ends it. @returns the exit code, or the signal. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string | null> {
    if (!this.running) return null;
    this.#child!.kill(signal);
    return await this.ended();
  }
}

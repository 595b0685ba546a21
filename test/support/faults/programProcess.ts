import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LogLine } from "./workerProcess.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A program in a process of its own, from its configuration file; started again and again. */
export class ProgramProcess {
  /** All it logged, over all its lives. */
  readonly logs: LogLine[] = [];
  #child: ChildProcess | undefined;
  #closed: Promise<void> | undefined;
  #errors = "";

  /** @param main from the root of the project. */
  constructor(
    readonly main: string,
    readonly config: string,
  ) {}

  get pid(): number {
    return this.#child!.pid!;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** How often it logged something, since line `from`. */
  times(said: RegExp, from = 0): number {
    return this.logs.slice(from).filter((line) => said.test(JSON.stringify(line))).length;
  }

  start(environment: Record<string, string> = {}): this {
    const child = spawn(process.execPath, ["--import", "tsx", this.main, this.config], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.#child = child;
    this.#closed = new Promise((resolve) => void child.once("close", () => resolve()));
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.logs.push(JSON.parse(line) as LogLine);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    return this;
  }

  /** Waits until it ends by itself, and all that it wrote is read. @returns the exit code, or the signal. */
  async ended(): Promise<number | string | null> {
    const child = this.#child!;
    await this.#closed;
    return child.exitCode ?? child.signalCode;
  }

  /** Ends it. @returns the exit code, or the signal. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | string | null> {
    if (!this.running) return null;
    this.#child!.kill(signal);
    return await this.ended();
  }
}

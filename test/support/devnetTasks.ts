import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { onAllNodes } from "./onAllNodes.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HARDHAT = join(ROOT, "node_modules", ".bin", "hardhat");

/** How a task ended, and what it printed. */
export interface TaskProcess {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs tasks with `--network devnet`, each a process of its own, as a person would. */
export class DevnetTasks {
  readonly #folder: string;
  readonly #network: string;
  readonly #running = new Set<ChildProcess>();

  /**
   * @param folder What relative paths of arguments are relative to.
   * @param network The network's folder.
   */
  constructor(folder: string, network: string) {
    this.#folder = folder;
    this.#network = network;
  }

  /**
   * Runs a task to its end, or until `endAll`.
   *
   * @param words The task and those of its arguments that have no spaces in them.
   * @param more Its other arguments.
   */
  async run(words: string, ...more: readonly (readonly string[])[]): Promise<TaskProcess> {
    const { GRIDPROOF_OPERATOR_KEY: _, GRIDPROOF_DEVNET_URL: __, ...inherited } = process.env;
    const env = {
      ...inherited,
      GRIDPROOF_CWD: this.#folder,
      GRIDPROOF_DEVNET: this.#network,
      HARDHAT_DISABLE_TELEMETRY: "true",
      NO_COLOR: "1",
    };
    const child = spawn(
      HARDHAT,
      ["--no-typechain", ...words.split(" "), ...more.flat(), "--network", "devnet"],
      {
        cwd: ROOT,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.#running.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    return await new Promise((resolve) => {
      child.on("close", (status) => {
        this.#running.delete(child);
        resolve({ status, stdout, stderr });
      });
    });
  }

  /**
   * Runs a task that must succeed, waits until all nodes have what it sent, for the next one may ask another node, and reads
   * what it gives as JSON.
   */
  async json<T>(words: string, ...more: readonly (readonly string[])[]): Promise<T> {
    const { status, stdout, stderr } = await this.run(words, ...more, ["--json", "-"]);
    expect(status, `${[words, ...more.flat()].join(" ")}: ${stderr}${stdout}`).to.equal(0);
    await onAllNodes(this.#network);
    return JSON.parse(stdout) as T;
  }

  /** Runs a task that must be refused, with status 1 and one line. @returns that line. */
  async refusal(words: string, ...more: readonly (readonly string[])[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(words, ...more);
    expect(status, `${[words, ...more.flat()].join(" ")}: ${stdout}`).to.equal(1);
    expect(stderr, [words, ...more.flat()].join(" ")).to.match(/^gridproof: [^\n]*\n$/u);
    return stderr;
  }

  /** Tells what still runs to end, and waits until it did. */
  async endAll(): Promise<void> {
    await Promise.all(
      [...this.#running].map(
        async (child) =>
          await new Promise<void>((resolve) => {
            child.once("close", () => resolve());
            child.kill("SIGTERM");
          }),
      ),
    );
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAINS = {
  broker: "workers/bus/broker/main.ts",
  concentrator: "workers/metering/concentrator/main.ts",
  mdms: "workers/metering/mdms/main.ts",
  meters: "workers/metering/meter/main.ts",
};

/** A program of household metering. */
export type MeteringProgram = keyof typeof MAINS;
/** All of them, in the order in which they are started. */
export const METERING_PROGRAMS = Object.keys(MAINS) as MeteringProgram[];

/** The programs of a metering folder, each a process of Node.js. */
export class MeteringPrograms {
  readonly #running = new Map<MeteringProgram, ChildProcess>();

  constructor(readonly folder: string) {}

  /** Starts one, and waits until it says so. */
  async start(program: MeteringProgram): Promise<void> {
    const config = join(this.folder, `${program}.json`);
    const child = spawn(process.execPath, ["--import", "tsx", MAINS[program], config], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.set(program, child);
    let said = "";
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      said += String(chunk);
      if (said.includes("started")) break;
    }
    expect(said).to.include("started");
    child.stdout.resume();
  }

  /** Fails if one of them ended. */
  check(): void {
    for (const [program, { exitCode }] of this.#running) {
      expect(exitCode, `${program} ended`).to.equal(null);
    }
  }

  /** Stops one; its exit status must be 0. */
  async stop(program: MeteringProgram): Promise<void> {
    const child = this.#running.get(program);
    this.#running.delete(program);
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect((await ended)[0], `${program}'s exit status`).to.equal(0);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((program) => this.stop(program)));
  }
}

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../../support/eventually.js";

const run = promisify(execFile);

/** What `geth attach --exec EXPRESSION SOCKET` says of a node with as many peers as a file tells. */
const GETH = `#!/usr/bin/env node
const fs = require("node:fs");
const at = (name) => require("node:path").join(__dirname, name);
const expression = process.argv[4];
fs.appendFileSync(at("asked"), ".");
const peers = fs.existsSync(at("peers")) ? Number(fs.readFileSync(at("peers"), "utf8")) : 0;
const admin = { peers: new Array(peers).fill({}), sleep: () => fs.appendFileSync(at("slept"), ".") };
const eth = { syncing: false };
const miner = { start: () => (fs.writeFileSync(at("sealing"), ""), null) };
console.log(new Function("admin", "eth", "miner", "code", "var n; return eval(code)")(admin, eth, miner, expression));
`;

/** A node that is none: by this, what a unit waits for is tried without a network, or any wait. */
export class FakeNode {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "geth"), GETH, { mode: 0o755 });
    writeFileSync(join(folder, "sleep"), "#!/bin/sh\n", { mode: 0o755 });
  }

  /** Runs a line of a unit, with this node behind it. */
  async run(command: string): Promise<void> {
    const PATH = [this.#folder, process.env["PATH"]].join(delimiter);
    await run("/bin/sh", ["-c", command], { env: { ...process.env, PATH }, timeout: 60_000 });
  }

  peers(count: number): void {
    writeFileSync(join(this.#folder, "peers"), String(count));
  }

  /** Waits until it was asked so often. */
  async asked(times: number): Promise<void> {
    await eventually(`${times} questions`, () => this.#count("asked") >= times);
  }

  get slept(): number {
    return this.#count("slept");
  }

  get sealing(): boolean {
    return existsSync(join(this.#folder, "sealing"));
  }

  #count(name: string): number {
    const file = join(this.#folder, name);
    return existsSync(file) ? readFileSync(file, "utf8").length : 0;
  }
}

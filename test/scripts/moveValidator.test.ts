import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { layout } from "../../workers/devnet/layout.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { runningOf } from "../../workers/devnet/running.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { checkedBy, runScript } from "./runScript.js";

const run = promisify(execFile);

describe("move-validator.sh", function suite() {
  this.timeout(900_000);
  // Before the folder goes, which would take with it the list of what runs.
  after(async () => {
    if (existsSync(layout(folder).network)) await deleteNetwork(folder);
  });
  const TMPDIR = temporaryFolder();
  let geth: string;
  before(async function findEngine() {
    const found = await openGeth();
    if (found === undefined) this.skip();
    else geth = found;
  });
  const folder = join(TMPDIR, "net");

  it("starts a validator elsewhere by its own unit, and never twice", async () => {
    const ports = ["--port", String(await freePorts(3 * 4)), "--chain-id", "20295"];
    const environment = { TMPDIR, GRIDPROOF_GETH: geth };
    const formed = await runScript(
      "form-consortium.sh",
      [...ports, "--dir", folder, "--case", "none"],
      environment,
    );
    expect(formed.status, `${formed.stdout}\n${formed.stderr}`).to.equal(0);
    const { address } = readNetwork(folder).validators[3]!;
    expect(await copies(address)).to.have.length(1);

    const to = join(TMPDIR, "elsewhere");
    const ended = new AbortController();
    const most = mostCopies(address, ended.signal);
    const ran = await runScript("move-validator.sh", ["--dir", folder, "--to", to], environment);
    ended.abort();
    try {
      expect(ran.status, `${ran.stdout}\n${ran.stderr}`).to.equal(0);
      expect(checkedBy(ran)).to.have.length.above(2);
      expect(await most).to.equal(1);
      const [only] = await copies(address);
      expect(only).to.include("--datadir validator-4 ").and.not.include(folder);
      expect([...(await runningOf(folder, readNetwork(folder))).validators.keys()]).to.have.members([
        1, 2, 3,
      ]);
      // A validator without keys cannot be started again by mistake.
      for (const key of [layout(folder).validator(4).keystore, layout(folder).validator(4).nodeKey])
        expect(existsSync(key)).to.equal(false);
    } finally {
      const { stdout } = await run("ps", ["-axww", "-o", "pid=,args="], { maxBuffer: 2 ** 26 });
      const started = stdout
        .split("\n")
        .filter((line) => line.includes(address) || line.includes(`keeper/main.ts ${to} `))
        .map((line) => Number(line.trim().split(" ")[0]));
      for (const pid of started) process.kill(pid);
    }
    await eventually("the moved node ended", async () => (await copies(address)).length === 0);
  });

  it("names nobody's folder by itself on a network that stays", async () => {
    const ran = await runScript("move-validator.sh", ["--dir", folder]);
    expect(ran.status).to.equal(1);
    expect(ran.stderr).to.include("name the folder to move to with --to");
  });
});

/** Command lines of all nodes with this sealing account: copies of one validator. */
async function copies(account: string): Promise<string[]> {
  const { stdout } = await run("ps", ["-axww", "-o", "stat=,args="], { maxBuffer: 2 ** 26 });
  return stdout
    .split("\n")
    .filter((line) => !line.startsWith("Z") && line.includes(`--miner.etherbase ${account} `));
}

/** How many copies there were at most, until told to stop looking. */
async function mostCopies(account: string, until: AbortSignal): Promise<number> {
  let most = 0;
  while (!until.aborted) most = Math.max(most, (await copies(account)).length);
  return most;
}

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { Wallet } from "ethers";
import { after, before, describe, it } from "mocha";
import { createKeystore } from "../../../workers/crypto/keystore.js";
import { workerStatus } from "../../../workers/operator/status.js";
import { openStore } from "../../../workers/store/openStore.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";
import { tinyChain, type TinyChain } from "./tinyChain.js";

const program = fileURLToPath(new URL("../../../workers/operator/main.ts", import.meta.url));

function start(path: string, environment: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", program, path], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { child, output: () => output };
}

describe("the worker as a program", () => {
  const root = temporaryFolder();
  let chain: TinyChain;
  before(async () => {
    chain = await tinyChain();
  });
  after(() => chain.close());

  function configure(name: string, settings: object = {}): string {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "worker.json");
    const config = {
      rpcUrl: `http://127.0.0.1:${chain.port}`,
      chainId: chain.chainId,
      contracts: chain.contracts,
      database: "worker.db",
      pollMilliseconds: 20,
      ...settings,
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  }

  /** Runs it to its end, which must be a failure. @returns what it wrote to standard error. */
  async function failure(args: string[], key = chain.keys[0]!): Promise<{ code: unknown; stderr: string }> {
    const environment = { ...process.env, GRIDPROOF_OPERATOR_KEY: key };
    try {
      await promisify(execFile)(process.execPath, ["--import", "tsx", program, ...args], {
        env: environment,
      });
    } catch (error) {
      return error as { code: unknown; stderr: string };
    }
    throw new Error("it succeeded");
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`takes its key from a keystore, and stops at ${signal} with 0`, async () => {
      const path = configure(signal, { keystore: "key.json", passwordFile: "password" });
      const folder = join(root, signal);
      await createKeystore(join(folder, "key.json"), new Wallet(chain.keys[0]!), "secret word", {
        scryptN: 1024,
      });
      writeFileSync(join(folder, "password"), "secret word\n", { mode: 0o600 });
      const { child, output } = start(path, { GRIDPROOF_OPERATOR_KEY: "" });
      await eventually("cursor", () => {
        if (!existsSync(join(folder, "worker.db"))) return false;
        const store = openStore(join(folder, "worker.db"), { readOnly: true });
        try {
          return workerStatus(store).cursor !== undefined;
        } catch {
          return false;
        } finally {
          store.close();
        }
      });
      child.kill(signal);
      // Not "exit", at which the last lines may be under way still.
      const [code] = (await once(child, "close")) as [number];
      expect(code).to.equal(0);
      const lines = output().trim().split("\n");
      const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
      expect(messages[0]).to.equal("worker started");
      expect(messages.at(-1)).to.equal("worker stopped");
      // Neither key nor password is in the log or the database.
      const everything = output() + readFileSync(join(folder, "worker.db"), "latin1");
      expect(everything).to.not.contain(chain.keys[0]!.slice(2)).and.not.contain("secret word");
    });
  }

  it("says how it is called", async () => {
    for (const args of [[], ["a", "b"]]) {
      expect(await failure(args)).to.deep.include({ code: 2, stderr: "usage: node main.js CONFIG.json\n" });
    }
  });

  it("refuses in one line what no waiting mends", async () => {
    const locked = configure("locked");
    const store = openStore(join(root, "locked", "worker.db"));
    expect(await failure([locked])).to.deep.include({ code: 1 });
    expect((await failure([locked])).stderr).to.match(/already in use by another worker[^\n]*\n$/);
    store.close();

    expect((await failure([configure("chain", { chainId: 1 })])).stderr).to.match(
      /^the node serves chain 31337, the configuration names 1\n$/,
    );
    const stranger = `0x${"5e".repeat(32)}`;
    const refused = await failure([configure("stranger")], stranger);
    expect(refused.stderr).to.equal(`${new Wallet(stranger).address} is not a member of the consortium\n`);
    expect((await failure([configure("keyless")], "")).stderr).to.match(/^no operator key: [^\n]*\n$/);

    const exposed = configure("exposed", { keystore: "key.json", passwordFile: "password" });
    for (const name of ["key.json", "password"]) {
      writeFileSync(join(root, "exposed", name), "{}");
      chmodSync(join(root, "exposed", name), 0o644);
    }
    expect((await failure([exposed])).stderr).to.match(
      /key\.json: mode 0644 lets others at it; chmod 600 it\n$/,
    );
  });

  it("does not go on with the database of a chain that was started anew", async () => {
    const path = configure("anew");
    const { child, output } = start(path, { GRIDPROOF_OPERATOR_KEY: chain.keys[0]! });
    await eventually("start", () => output().includes("worker started"));
    child.kill("SIGTERM");
    await once(child, "exit");
    const store = openStore(join(root, "anew", "worker.db"));
    store.prepare("UPDATE identity SET value = '0xother' WHERE key = 'genesisHash'").run();
    store.close();
    expect((await failure([path])).stderr).to.match(/belongs to genesisHash 0xother, not 0x/);
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { getCreateAddress, JsonRpcProvider } from "ethers";
import { after, before, describe, it } from "mocha";
import { readWorkerConfig } from "../../workers/operator/config.js";
import { createNetwork, PORTS } from "../../workers/devnet/createNetwork.js";
import { cliqueGeth, enodeUrl } from "../../workers/devnet/engines/cliqueGeth.js";
import { layout } from "../../workers/devnet/layout.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork, stopValidator } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HARDHAT = join(ROOT, "node_modules", ".bin", "hardhat");

interface Deployed {
  readonly changed: boolean;
  readonly contracts: Record<string, string>;
  readonly governance: string;
  readonly workers: readonly string[];
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("deploying on the devnet", function suite() {
  this.timeout(400_000);
  after(async () => {
    if (existsSync(layout(folder).network)) await deleteNetwork(folder);
  });
  const parent = temporaryFolder();
  const folder = join(parent, "net");
  const file = join(parent, "devnet.json");
  let network: Network;
  let geth: string;
  let provider: JsonRpcProvider;

  async function begin(): Promise<void> {
    const options = { tier: "wan", engine: "clique", validators: 4, chainId: 20_261 } as const;
    const basePort = await freePorts(4 * PORTS);
    network = await createNetwork(folder, {
      ...options,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort,
    });
    await startNetwork(folder, network, cliqueGeth(geth), () => undefined);
    provider?.destroy();
    provider = new JsonRpcProvider(urlOf(1), undefined, { cacheTimeout: -1 });
  }
  const urlOf = (number: number): string => `http://127.0.0.1:${network.validators[number - 1]!.rpcPort}`;

  function start(task: readonly string[]): { child: ChildProcess; ended: Promise<Run> } {
    const { GRIDPROOF_OPERATOR_KEY: _, GRIDPROOF_DEVNET_URL: __, ...inherited } = process.env;
    const env = {
      ...inherited,
      GRIDPROOF_CWD: parent,
      GRIDPROOF_DEVNET: folder,
      HARDHAT_DISABLE_TELEMETRY: "true",
      NO_COLOR: "1",
    };
    const child = spawn(
      HARDHAT,
      ["--no-typechain", ...task, "--network", "devnet", "--deployment", file, "--json", "-"],
      { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const ended = new Promise<Run>((resolve) => {
      child.on("close", (status) => resolve({ status, stdout, stderr }));
    });
    return { child, ended };
  }
  async function deploy(...args: string[]): Promise<Deployed> {
    const { status, stdout, stderr } = await start(["deploy", ...args]).ended;
    expect(status, stderr + stdout).to.equal(0);
    return JSON.parse(stdout.slice(stdout.indexOf("{"))) as Deployed;
  }
  /** Starts deploying, and kills it when its account has sent so many transactions. */
  async function deployKilled(transactions: number): Promise<void> {
    const deployer = network.operators[0]!.address;
    const { child, ended } = start(["deploy"]);
    await eventually(`${transactions} transactions`, async () => {
      return (
        child.exitCode !== null || (await provider.getTransactionCount(deployer, "pending")) >= transactions
      );
    });
    process.kill(-child.pid!, "SIGKILL");
    await ended;
  }
  /** The contracts that the deployer's account ever made, by the nonces it used. */
  async function contractsMade(): Promise<string[]> {
    const from = network.operators[0]!.address;
    const nonces = await provider.getTransactionCount(from);
    const addresses = Array.from({ length: nonces }, (_, nonce) => getCreateAddress({ from, nonce }));
    const codes = await Promise.all(addresses.map(async (address) => await provider.getCode(address)));
    return addresses.filter((_, i) => codes[i] !== "0x");
  }

  before(async function setUp() {
    const found = await openGeth();
    if (found === undefined) {
      this.skip();
      return;
    }
    geth = found;
    await begin();
  });
  after(() => provider?.destroy());

  it("is finished by running it again after a kill, whenever that was, and deploys nothing twice", async () => {
    const seen: string[][] = [];
    for (const transactions of [1, 3, 6]) {
      await deployKilled(transactions);
      expect(existsSync(file)).to.equal(false);
      seen.push(await contractsMade());
    }
    const deployed = await deploy();
    expect(deployed.changed).to.equal(true);
    const made = await contractsMade();
    // What was there before each kill is there still, and in use.
    for (const earlier of seen) expect(made).to.include.members(earlier);
    const { consortium, registry, ledger, meterKeys } = deployed.contracts;
    expect(made).to.include.members([consortium, registry, ledger, meterKeys, deployed.governance]);
    const codes = await Promise.all(made.map(async (address) => await provider.getCode(address)));
    const creations = (await provider.getTransactionCount(network.operators[0]!.address)) - 1;
    // One transaction for each contract, and one that concludes.
    expect(made).to.have.length(creations);
    expect(new Set(codes).size, "no contract twice").to.equal(codes.length);
  });

  it("changes nothing when it is run again after that, and says so", async () => {
    const stood = { made: await contractsMade(), file: readFileSync(file, "utf8") };
    const again = await deploy();
    expect(again.changed).to.equal(false);
    expect(again.contracts).to.deep.equal((JSON.parse(stood.file) as Deployed).contracts);
    expect({ made: await contractsMade(), file: readFileSync(file, "utf8") }).to.deep.equal(stood);
  });

  it("gives each operator's worker its own validator and its own keys", async () => {
    const { workers } = await deploy();
    expect(workers).to.have.length(4);
    for (const [i, path] of workers.entries()) {
      const configuration = readWorkerConfig(path);
      expect(configuration.rpcUrl).to.equal(urlOf(i + 1));
      expect(configuration.keystore).to.equal(layout(folder).operatorKeystore(i + 1));
    }
  });

  it("sends what an operator sends to its own validator, while the first is away", async () => {
    await stopValidator(folder, network, 1);
    const own = network.validators[1]!;
    const record = ["members", "node", own.address, enodeUrl(own), "--as", "Operator 2"];
    const { status, stderr, stdout } = await start(record).ended;
    expect(status, stderr + stdout).to.equal(0);
    await startNetwork(folder, network, cliqueGeth(geth), () => undefined);
  });

  it("begins anew on a network that was made anew, whatever was begun on the one before", async () => {
    const { contracts } = JSON.parse(readFileSync(file, "utf8")) as Deployed;
    await deleteNetwork(folder);
    await begin();
    await deployKilled(2);
    await deleteNetwork(folder);
    await begin();
    const deployed = await deploy();
    expect(deployed.changed).to.equal(true);
    expect(deployed.contracts).not.to.deep.equal(contracts);
    expect(await contractsMade()).to.include(deployed.contracts["ledger"]);
  });
});

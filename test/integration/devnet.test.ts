import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { JsonRpcProvider, parseEther } from "ethers";
import { after, before, describe, it } from "mocha";
import { Consortium__factory } from "../../typechain-types/index.js";
import { departedNodes } from "../../workers/chain/departedNodes.js";
import { checkNetwork } from "../../workers/devnet/checkNetwork.js";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import { departedValidators } from "../../workers/devnet/departed.js";
import { cliqueGeth, enodeUrl } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { DevnetError } from "../../workers/devnet/errors.js";
import { heal } from "../../workers/devnet/heal.js";
import type { NetworkHealth } from "../../workers/devnet/health/types.js";
import { healthPortOf } from "../../workers/devnet/healthPort.js";
import { layout } from "../../workers/devnet/layout.js";
import { addValidator, removeValidator } from "../../workers/devnet/membership.js";
import { networkStatus } from "../../workers/devnet/networkStatus.js";
import { IpcConnection } from "../../workers/devnet/ipc.js";
import { peerCount } from "../../workers/devnet/nodeState.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { isAlive, startDetached, stopProcesses } from "../../workers/devnet/processes.js";
import { runningOf } from "../../workers/devnet/running.js";
import { startNetwork, startValidator } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork, stopNetwork, stopValidator } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";

const run = promisify(execFile);
const quiet = (): void => undefined;

describe("a network of four Clique validators", function suite() {
  this.timeout(300_000);
  // Before the folder goes, which would take with it the list of what runs.
  after(async () => {
    if (existsSync(at.network)) await deleteNetwork(folder);
  });
  const folder = join(temporaryFolder(), "net");
  const at = layout(folder);
  let network: Network;
  let engine: Engine;
  let geth: string;

  const status = async () => await networkStatus(folder, network, engine);
  const heights = async (): Promise<number[]> =>
    (await status()).validators.map(({ height }) => height ?? -1);
  /** Asks a validator over its port. */
  const over = async <T>(number: number, use: (provider: JsonRpcProvider) => Promise<T>): Promise<T> => {
    const validator = network.validators.find((one) => one.number === number)!;
    const provider = new JsonRpcProvider(`http://127.0.0.1:${validator.rpcPort}`);
    try {
      return await use(provider);
    } finally {
      provider.destroy();
    }
  };
  /** All that run come to have one and the same block at the lowest of their heights. */
  const sameChain = async (numbers: readonly number[]): Promise<void> => {
    const heads = await Promise.all(numbers.map((number) => over(number, (one) => one.getBlockNumber())));
    const low = Math.min(...heads);
    // Two may seal at one height; then one of them is left behind within a few blocks.
    await eventually(`one block ${low} everywhere`, async () => {
      const blocks = await Promise.all(numbers.map((number) => over(number, (one) => one.getBlock(low))));
      return new Set(blocks.map((block) => block?.hash)).size === 1;
    });
  };

  before(async function findEngine() {
    const found = await openGeth();
    if (found === undefined) {
      this.skip();
      return;
    }
    geth = found;
    engine = cliqueGeth(geth);
    network = await createNetwork(folder, {
      tier: "wan",
      engine: "clique",
      validators: 4,
      chainId: 20_299,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(3 * 5),
    });
    await startNetwork(folder, network, engine, quiet);
  });
  it("seals on one chain, each validator in its turn", async () => {
    await eventually("every validator seals", async () =>
      (await status()).validators.every(({ sealedRecently }) => sealedRecently),
    );
    await eventually("each has all others as peers", async () =>
      (await status()).validators.every(({ running, peers }) => running && peers === 3),
    );
    await sameChain([1, 2, 3, 4]);
  });

  it("tells how it stands over HTTP, and its clocks once blocks have come", async () => {
    const url = `http://127.0.0.1:${healthPortOf(network)}`;
    let health: NetworkHealth | undefined;
    await eventually("all is well, and every clock known", async () => {
      const response = await fetch(`${url}/health`);
      // Before its first look the keeper has nothing to tell of the validators.
      if (response.status !== 200) return false;
      health = (await response.json()) as NetworkHealth;
      return health.validators.every(({ clockOffsetSeconds }) => clockOffsetSeconds !== null);
    });
    expect(health!.chainId).to.equal(network.chainId);
    expect(health!.validators.map(({ name }) => name)).to.deep.equal(
      network.validators.map(({ name }) => name),
    );
    for (const one of health!.validators) expect(one).to.include({ running: true, seals: true, peers: 3 });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const counts = [...metrics.matchAll(/^gridproof_validator_sealed_blocks_total\{[^}]*\} (\d+)$/gmu)];
    expect(counts).to.have.length(4);
    const sum = counts.reduce((total, [, count]) => total + Number(count), 0);
    // As many as there are blocks, but for those that a reorganisation counted twice.
    expect(sum).to.be.at.least(Math.min(...health!.validators.map(({ height }) => height!)) - 1);
    await eventually("the status tells of no alert", async () => (await status()).alerts?.length === 0);
  });

  it("keeps keys where only their owner reads them, and out of every argument", async () => {
    const secret = /keystore|password|nodekey|jwt/u;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      secret.test(file),
    );
    expect(files.length).to.be.at.least(4 * 4 + 2 * 4);
    for (const file of files) {
      expect(statSync(join(folder, file)).mode & 0o077, file).to.equal(0);
    }
    const { stdout } = await run("ps", ["-axww", "-o", "args="]);
    for (const { number } of network.validators) {
      expect(stdout).to.not.include(readFileSync(at.validator(number).password, "utf8").trim());
      expect(stdout).to.not.include(readFileSync(at.validator(number).nodeKey, "utf8").trim());
    }
  });

  it("takes a signed transaction, and signs none itself", async () => {
    await over(1, async (provider) => {
      const [wallet, other] = await operatorWallets(folder, network);
      const payment = { to: other!.address, value: parseEther("1") };
      const sent = await wallet!.connect(provider).sendTransaction(payment);
      expect((await sent.wait())!.status).to.equal(1);
      expect(await provider.send("eth_accounts", [])).to.deep.equal([]);
      const sealer = network.validators[0]!.address;
      const refused: unknown = await provider
        .send("eth_sendTransaction", [{ from: sealer, to: other!.address }])
        .catch((error: unknown) => error);
      expect(String(refused)).to.include("not served here");
    });
  });

  it("opens geth's own engine port to nobody without its secret", async () => {
    for (const { authPort } of network.validators) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_accounts", params: [] });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`http://127.0.0.1:${authPort}`, { method: "POST", headers, body });
      expect(response.status).to.equal(401);
    }
  });

  it("is reached over loopback alone", async () => {
    const outward = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    const { validators } = network;
    const ports = validators.flatMap(({ rpcPort, p2pPort, authPort }) => [rpcPort, p2pPort, authPort]);
    for (const port of ports) expect(await refuses(port), `port ${port} here`).to.equal(false);
    for (const { address } of outward)
      for (const port of [...ports, healthPortOf(network)])
        expect(await refuses(port, address), `port ${port} of ${address}`).to.equal(true);
  });

  it("gets no peer beyond its list", async () => {
    // A fifth node with a key of its own and the same genesis block, which dials validator 1.
    const outside = join(folder, "..", "outsider");
    await run(geth, ["init", "--datadir", outside, at.genesis]);
    const { nodeId, p2pPort } = network.validators[0]!;
    const config = join(outside, "config.toml");
    writeFileSync(config, `[Node.P2P]\nStaticNodes = ["enode://${nodeId}@127.0.0.1:${p2pPort}"]\n`);
    const socket = join(outside, "n.ipc");
    const outsidePort = await freePorts(2);
    const args = [
      "--config",
      config,
      "--datadir",
      outside,
      "--networkid",
      "20299",
      "--nodiscover",
      "--port",
      String(outsidePort),
    ];
    const pid = startDetached(
      { program: geth, args: [...args, "--authrpc.port", String(outsidePort + 1), "--ipcpath", socket] },
      join(outside, "log"),
    );
    try {
      await eventually("the outsider answers", async () => (await peersAt(socket)) !== undefined);
      const start = (await heights())[0]!;
      // Time for many attempts: the dialler tries a static node again every few seconds.
      await eventually("a few more blocks", async () => (await heights())[0]! >= start + 6);
      expect(await peersAt(socket)).to.equal(0);
      for (const { peers } of (await status()).validators) expect(peers).to.equal(3);
    } finally {
      await stopProcesses([pid]);
    }
  });

  it("goes on with one of four stopped, whose port refuses, and takes it back", async () => {
    await stopValidator(folder, network, 2);
    const port = network.validators[1]!.rpcPort;
    await eventually("its port closes", async () => await refuses(port));
    await eventually("an alert names it", async () =>
      (await status()).alerts?.some(
        ({ name, subject }) => name === "validatorDown" && subject === "validator-2",
      ),
    );
    const height = Math.max(...(await heights()));
    await eventually("three seal on", async () => Math.max(...(await heights())) > height + 3);
    await startValidator(folder, network, 2, engine, quiet);
    await eventually("it seals again", async () => (await status()).validators[1]!.sealedRecently);
    await sameChain([1, 2, 3, 4]);
  });

  it("halts with two of four stopped, and loses nothing when they return", async () => {
    await Promise.all([3, 4].map((number) => stopValidator(folder, network, number)));
    await over(1, async (provider) => {
      // Two cannot follow each other for long: each must let two others seal in between.
      let height = -1;
      let still = 0;
      await eventually("the chain halts", async () => {
        const now = await provider.getBlockNumber();
        still = now === height ? still + 1 : 0;
        height = now;
        return still > 200;
      });
      const [wallet] = await operatorWallets(folder, network);
      const sent = await wallet!.connect(provider).sendTransaction({ to: wallet!.address });
      expect(await provider.getTransactionReceipt(sent.hash)).to.equal(null);
      await eventually("an alert says that it halted", async () =>
        (await status()).alerts?.some(({ name }) => name === "chainHalted"),
      );
      // Even of those that run: what was sealed before the halt says nothing of now.
      await eventually("no validator sealed of late", async () =>
        (await status()).validators.every(({ sealedRecently }) => !sealedRecently),
      );
      const checked = await checkNetwork(folder, network, engine, 0).catch((error: unknown) => error);
      expect(checked).to.be.instanceOf(DevnetError);
      expect((checked as Error).message).to.match(/^the chain stands still: its newest block is \d+ s old/u);
      const { verdict } = await heal(folder, network, engine, quiet);
      expect(verdict).to.deep.equal({ kind: "none", why: "too few run" });
      await startNetwork(folder, network, engine, quiet);
      expect((await sent.wait())!.status).to.equal(1);
      await sameChain([1, 2, 3, 4]);
    });
    await eventually("no alert stands", async () => (await status()).alerts?.length === 0);
  });

  it("votes a fifth in, which seals, and out again, which then is nobody's peer", async () => {
    const { network: grown, validator } = await addValidator(folder, network, engine, quiet);
    network = grown;
    await eventually("the fifth seals", async () => (await status()).validators[4]!.sealedRecently);
    await eventually("each of the five has all others as peers", async () =>
      (await status()).validators.every(({ peers }) => peers === 4),
    );
    await sameChain([1, 2, 3, 4, 5]);

    network = await removeValidator(folder, grown, validator.number, engine);
    expect(network.validators).to.have.length(4);
    const port = validator.rpcPort;
    await eventually("its port closes", async () => await refuses(port));
    // Started again by itself, with the list that it had, it finds nobody.
    const socket = at.validator(validator.number).socket;
    const { program, args } = engine.start(grown, validator, at);
    const pid = startDetached({ program, args }, at.validator(validator.number).log);
    try {
      await eventually("the outcast answers", async () => (await peersAt(socket)) !== undefined);
      const start = Math.max(...(await heights()));
      await eventually("a few more blocks", async () => Math.max(...(await heights())) >= start + 6);
      expect(await peersAt(socket)).to.equal(0);
      // On a busy machine one may miss its turns, and seals again soon.
      await eventually("all four seal", async () =>
        (await status()).validators.every(({ sealedRecently }) => sealedRecently),
      );
    } finally {
      await stopProcesses([pid]);
    }
  });

  it("votes only if more than half of the validators run", async () => {
    await Promise.all([3, 4].map((number) => stopValidator(folder, network, number)));
    const error: unknown = await removeValidator(folder, network, 4, engine).catch(
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(DevnetError);
    expect((error as Error).message).to.equal("2 validators run; 3 of 4 must, to vote");
    await startNetwork(folder, network, engine, quiet);
  });

  it("takes validator and peers from an operator that is expelled", async () => {
    const wallets = await operatorWallets(folder, network);
    await over(1, async (provider) => {
      const members = wallets.slice(0, 4).map((wallet) => wallet.connect(provider));
      const founders = members.map(({ address }, i) => ({ account: address, name: `Operator ${i + 1}` }));
      const factory = new Consortium__factory(members[0]!);
      const deployed = await (await factory.deploy(founders, 1_000n)).waitForDeployment();
      const address = await deployed.getAddress();
      const as = (i: number) => Consortium__factory.connect(address, members[i]);
      await Promise.all(
        network.validators.map(async (validator, i) => {
          const sent = await as(i).recordNode(validator.address, enodeUrl(validator));
          await sent.wait();
        }),
      );
      expect(departedValidators(network, await departedNodes(deployed, 0))).to.deep.equal([]);

      // One without credits can be expelled by anyone.
      await (await as(3).transfer(members[0]!.address, 1_000n)).wait();
      await (await as(1).expel(members[3]!.address)).wait();
      const out = departedValidators(network, await departedNodes(deployed, 0));
      expect(out.map(({ number }) => number)).to.deep.equal([4]);
      network = await removeValidator(folder, network, 4, engine);
    });
    expect((await status()).validators.map(({ peers }) => peers)).to.deep.equal([2, 2, 2]);
    await sameChain([1, 2, 3]);
  });

  it("is found and stopped whoever started it, and goes on from where it was", async () => {
    const { all, keeper } = await runningOf(folder, network);
    expect(all).to.have.length(4);
    expect(all).to.include(keeper);
    // A program that is told the folder, such as a shell that runs a task with --dir, is none of the network's.
    const bystander = startDetached(
      { program: process.execPath, args: ["-e", "setInterval(() => 0, 1000)", "--", at.root] },
      join(folder, "..", "bystander"),
    );
    const height = Math.max(...(await heights()));
    expect(await stopNetwork(folder)).to.equal(4);
    expect((await runningOf(folder, network)).all).to.deep.equal([]);
    expect(await stopNetwork(folder)).to.equal(0);
    expect(isAlive(bystander)).to.equal(true);
    await stopProcesses([bystander]);
    await startNetwork(folder, network, engine, quiet);
    expect(Math.min(...(await heights()))).to.be.at.least(height);
    await sameChain([1, 2, 3]);
  });

  it("leaves nothing behind when its launcher is killed in the middle of a start", async () => {
    await stopNetwork(folder);
    const devnet = new URL("../../workers/devnet/", import.meta.url).href;
    const script = `
      const { startNetwork } = await import("${devnet}startNetwork.ts");
      const { readNetwork } = await import("${devnet}readNetwork.ts");
      const { cliqueGeth } = await import("${devnet}engines/cliqueGeth.ts");
      await startNetwork(process.argv[1], readNetwork(process.argv[1]), cliqueGeth(process.argv[2]), () => undefined);`;
    const args = ["--import", "tsx", "--input-type=module", "-e", script, folder, geth];
    const launcher = startDetached({ program: process.execPath, args }, join(folder, "..", "launcher"));
    await eventually("the nodes and the keeper run", async () => {
      expect(isAlive(launcher), readFileSync(join(folder, "..", "launcher"), "utf8")).to.equal(true);
      return (await runningOf(folder, network)).all.length === 4;
    });
    process.kill(launcher, "SIGKILL");
    expect(await stopNetwork(folder)).to.equal(4);
    const { stdout } = await run("ps", ["-axww", "-o", "args="]);
    expect(stdout).to.not.include(folder);
    await startNetwork(folder, network, engine, quiet);
    await sameChain([1, 2, 3]);
  });

  it("says in one line what cannot be", async () => {
    await stopValidator(folder, network, 3);
    for (const [attempt, message] of [
      [() => stopValidator(folder, network, 9), "there is no validator 9"],
      [() => stopValidator(folder, network, 3), "validator 3 does not run"],
      [() => startValidator(folder, network, 9, engine, quiet), "there is no validator 9"],
      [() => startValidator(folder, network, 1, engine, quiet), "validator 1 runs already"],
      [() => createNetwork(folder, { ...network, validators: 1, basePort: 1 }), "there is a network"],
    ] as const) {
      const error: unknown = await attempt().catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(DevnetError);
      expect((error as Error).message).to.include(message);
    }
  });
});

async function refuses(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });
}

/** How many peers the node at a socket has; undefined while it does not answer. */
async function peersAt(socket: string): Promise<number | undefined> {
  const node = await IpcConnection.open(socket).catch(() => undefined);
  if (node === undefined) return undefined;
  try {
    return await peerCount(node);
  } finally {
    node.close();
  }
}

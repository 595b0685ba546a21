import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { JsonRpcProvider, type TransactionResponse } from "ethers";
import { after, afterEach, before, describe, it } from "mocha";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import type { Recovery } from "../../workers/devnet/deadlock/recover.js";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { runGate } from "../../workers/devnet/gate/gate.js";
import { heal } from "../../workers/devnet/heal.js";
import { healthPortOf } from "../../workers/devnet/healthPort.js";
import type { NetworkHealth } from "../../workers/devnet/health/types.js";
import { layout } from "../../workers/devnet/layout.js";
import { lastLines } from "../../workers/devnet/lastLines.js";
import { ask, blockAt, peerCount } from "../../workers/devnet/nodeState.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { stopProcesses } from "../../workers/devnet/processes.js";
import { runningOf } from "../../workers/devnet/running.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { type Partition, partitionable } from "../support/partition.js";
import { sealingHalves } from "../support/sealingHalves.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { within } from "../support/within.js";

/** Tries to bring a deadlock about: not every partition leaves one. */
const ATTEMPTS = 5;
/** Two rounds of geth's dialling of lost peers, which is seldom needed, and some. */
const PEERS_SECONDS = 150;
/** A recovery that failed is tried again half a minute later; a busy machine's blocks come late. */
const GOING_SECONDS = 150;
/** No process has this number. */
const GONE = 4_194_304;
const quiet = (): void => undefined;

/** What was done to a network that was cut in halves. */
interface Split {
  readonly sent: readonly TransactionResponse[];
  /** How many of them each node had in blocks before the halves were joined. */
  readonly mined: readonly number[];
}

describe("a deadlock of Clique's sealers", function suite() {
  this.timeout(600_000);
  after(async () => {
    for (const provider of providers) provider.destroy();
    if (existsSync(at.network)) await deleteNetwork(folder);
    await partition?.close();
  });
  const folder = join(temporaryFolder(), "net");
  const at = layout(folder);
  const providers: JsonRpcProvider[] = [];
  let network: Network;
  let partition: Partition | undefined;
  let engine: Engine;

  const heads = async () =>
    await Promise.all(
      network.validators.map((validator) =>
        ask(engine, validator, at, async (node) => ({
          ...(await blockAt(node))!,
          peers: await peerCount(node),
        })),
      ),
    );
  /** Whether every sealer stands among those of its chain's last blocks, and must let others go before it (EIP-225). */
  const allMustWait = async (): Promise<boolean> => {
    const looks = await Promise.all(
      network.validators.map((validator) =>
        ask(engine, validator, at, (node) => engine.deadlocks!.snapshot(node, validator)),
      ),
    );
    return looks.every((look) => {
      if (look === undefined) return false;
      const from = look.head.height + 2 - (Math.floor(look.sealers.length / 2) + 1);
      const own = look.sealer.toLowerCase();
      return look.recents.some(({ height, sealer }) => height >= from && sealer.toLowerCase() === own);
    });
  };
  const hashes = async (): Promise<string[]> => (await heads()).map((head) => head?.hash ?? "none");
  const health = async (): Promise<NetworkHealth> =>
    (await (await fetch(`http://127.0.0.1:${healthPortOf(network)}/health`)).json()) as NetworkHealth;

  /** Two transactions of each operator, signed: what is sent at once is in the few blocks that a half still seals. */
  async function sign(): Promise<readonly (readonly string[])[]> {
    const wallets = await operatorWallets(folder, network);
    return await Promise.all(
      network.validators.map(async (_, i) => {
        const wallet = wallets[i]!.connect(providers[i]!);
        const first = await wallet.populateTransaction({ to: wallet.address, value: 1n });
        const second = { ...first, nonce: first.nonce! + 1 };
        return [await wallet.signTransaction(first), await wallet.signTransaction(second)];
      }),
    );
  }

  /** Cuts the network in halves right after an even block, has both seal until they must wait, and joins them again. */
  async function splitAndJoin(): Promise<Split> {
    const signed = await sign();
    let newest = (await heads())[0]!.height;
    await eventually("an even block", async () => {
      const { height } = (await heads())[0]!;
      const isNew = height !== newest && height % 2 === 0;
      newest = height;
      return isNew;
    });
    partition!.split(...sealingHalves(network));
    // Each operator over its own node, which one half alone hears.
    const sent = await Promise.all(
      signed.flatMap((own, i) => own.map((raw) => providers[i]!.broadcastTransaction(raw))),
    );
    let last = await hashes();
    let still = 0;
    await eventually("both halves wait", async () => {
      await pause(100);
      const now = await hashes();
      still = now.join(" ") === last.join(" ") ? still + 1 : 0;
      last = now;
      return still > 50 && (await allMustWait());
    });
    // What came late, as on a busy machine, waits in the pools of its half.
    const mined = await Promise.all(
      providers.map(async (provider) => {
        const receipts = sent.map(async ({ hash }) => await provider.getTransactionReceipt(hash));
        return (await Promise.all(receipts)).filter((receipt) => receipt !== null).length;
      }),
    );
    partition!.join();
    // Geth dials a lost peer again after 35 s; where both sides do it in vain, once more.
    await within(PEERS_SECONDS, "every node has its peers again", async () =>
      (await heads()).every((head) => head?.peers === 3),
    );
    return { sent, mined };
  }

  /**
   * A recovery gave up one half's branch, whose transactions it sent again: all that were in blocks there.
   *
   * @returns whether there were any.
   */
  function expectRescued(
    { mined }: Split,
    { followed, woundBack, transactions }: Pick<Recovery, "followed" | "woundBack" | "transactions">,
  ): boolean {
    const losers = [...followed, ...woundBack];
    expect(losers).to.have.length(2);
    const counts = network.validators.flatMap(({ name }, i) => (losers.includes(name) ? [mined[i]!] : []));
    expect(counts[0]).to.equal(counts[1]);
    expect(transactions).to.deep.equal({ kept: counts[0], refused: [] });
    return counts[0]! > 0;
  }

  /** All nodes come to seal on one chain beyond `height`, and it has every transaction. */
  async function goesOn(height: number, sent: Split["sent"]): Promise<void> {
    await within(GOING_SECONDS, "one chain goes on", async () => {
      const now = await heads();
      return now.every((head) => head !== undefined && head.height > height + 8);
    });
    const { height: low } = (await heads()).reduce((one, other) =>
      other!.height < one!.height ? other : one,
    )!;
    await eventually("one block everywhere", async () => {
      const blocks = await Promise.all(providers.map((provider) => provider.getBlock(low)));
      return new Set(blocks.map((block) => block?.hash)).size === 1;
    });
    for (const provider of providers)
      for (const { hash } of sent)
        await eventually(
          `transaction ${hash} on the chain`,
          async () => (await provider.getTransactionReceipt(hash))?.status === 1,
        );
  }

  before(async function findEngine() {
    const geth = await openGeth();
    if (geth === undefined) {
      this.skip();
      return;
    }
    const basePort = await freePorts(100);
    network = await createNetwork(folder, {
      tier: "wan",
      engine: "clique",
      validators: 4,
      chainId: 20_296,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort,
    });
    partition = await partitionable(cliqueGeth(geth), network);
    engine = partition.engine;
    await startNetwork(folder, network, engine, quiet);
    for (const { rpcPort } of network.validators)
      providers.push(new JsonRpcProvider(`http://127.0.0.1:${rpcPort}`, undefined, { cacheTimeout: -1 }));
  });

  afterEach(function sayWhy() {
    if (this.currentTest?.state === "failed" && existsSync(at.keeperLog))
      process.stdout.write(`${lastLines(at.keeperLog, 20).join("\n")}\n`);
  });

  it("is none while the chain goes on", async () => {
    const { verdict, recovery } = await heal(folder, network, engine, quiet);
    expect(verdict.kind).to.equal("none");
    expect(recovery).to.equal(undefined);
  });

  it("leaves no miner stopped by a recovery that was killed", async () => {
    const [stopped] = network.validators;
    const mining = async (): Promise<boolean | undefined> =>
      await ask(engine, stopped!, at, (node) => node.call<boolean>("eth_mining"));
    await ask(engine, stopped!, at, (node) => node.call("miner_stop"));
    await eventually("it does not seal", async () => (await mining()) === false);
    // As it is between a miner's stop and its start, if the program that recovers is gone then. The lock comes last: the
    // keeper may look at any moment, and ends a recovery once.
    writeFileSync(at.recoveryLock, `${GONE}\n`);
    await eventually("the keeper has it seal again", mining);
    await eventually("the lock is gone", () => !existsSync(at.recoveryLock));
  });

  it("is seen and mended by the keeper: one head, blocks go on, and no transaction of either half is lost", async () => {
    for (let attempt = 1; ; attempt++) {
      const mendedBefore = (await health()).recoveries;
      const split = await splitAndJoin();
      const stood = await heads();
      const height = Math.max(...stood.map((head) => head!.height));
      const differed = new Set(stood.map((head) => head!.hash)).size > 1;
      await within(GOING_SECONDS, "the keeper mends it, or it was none", async () => {
        if ((await health()).recoveries > mendedBefore) return true;
        return (await heads()).every((head) => head!.height > height + 3);
      });
      await goesOn(height, split.sent);
      await eventually("no alert stands", async () => (await health()).alerts.length === 0);
      // Only now: blocks go on before the keeper's next look, which tells of the recovery.
      if ((await health()).recoveries > mendedBefore) {
        expect(differed).to.equal(true);
        const said = lastLines(at.keeperLog, 100).map((line) => JSON.parse(line) as Record<string, unknown>);
        const alerts = said.filter(({ alert }) => alert === "deadlock").map(({ msg }) => msg);
        expect(alerts).to.include.members(["alert raised", "alert cleared"]);
        const recovered = said.findLast(({ msg }) => msg === "recovered") as unknown as Recovery;
        expect(existsSync(at.rescued)).to.equal(false);
        if (expectRescued(split, recovered)) break;
      }
      expect(attempt, "no partition left a deadlock").to.be.lessThan(ATTEMPTS);
    }
  });

  it("stays without the keeper, and is mended by hand, winding back what does not follow by itself", async () => {
    // Its gates go with it, and come back from a program that is no more than gates.
    await stopProcesses([(await runningOf(folder, network)).keeper!]);
    const stop = new AbortController();
    const gates = network.validators.map(({ number, rpcPort }) =>
      runGate({ host: "127.0.0.1", port: rpcPort, socket: at.validator(number).socket }, stop.signal),
    );
    try {
      for (let attempt = 1; ; attempt++) {
        const split = await splitAndJoin();
        const height = Math.max(...(await heads()).map((head) => head!.height));
        const { verdict, recovery } = await heal(folder, network, deaf(engine), quiet);
        await goesOn(height, split.sent);
        if (verdict.kind === "deadlocked") {
          // The first must be wound back. The second may follow it by itself, as soon as it seals again.
          expect(recovery!.woundBack).to.have.length.of.at.least(1);
          if (expectRescued(split, recovery!)) break;
        }
        expect(attempt, "no partition left a deadlock").to.be.lessThan(ATTEMPTS);
      }
    } finally {
      stop.abort();
      await Promise.all(gates);
    }
  });
});

/** An engine whose nodes do not take in a branch the first time that they are handed one. */
function deaf(engine: Engine): Engine {
  return {
    ...engine,
    connect: async (validator, at) => {
      const node = await engine.connect(validator, at);
      let handed = 0;
      return {
        call: async <T>(method: string, params?: readonly unknown[]): Promise<T> =>
          method === "admin_importChain" && handed++ === 0
            ? (false as T)
            : await node.call<T>(method, params),
        close: () => node.close(),
      };
    },
  };
}

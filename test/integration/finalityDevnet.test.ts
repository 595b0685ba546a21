import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, type Wallet } from "ethers";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { Governance__factory } from "../../typechain-types/factories/consortium/Governance__factory.js";
import { FinalityOverlay__factory } from "../../typechain-types/factories/finality/FinalityOverlay__factory.js";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { layout } from "../../workers/devnet/layout.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { startNetwork, startValidator } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork, stopValidator } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { type FinalityDomain, signPossession } from "../../workers/finality/attestation.js";
import { FinalityNode } from "../../workers/finality/finalityNode.js";
import { allEvidence, latestFinal } from "../../workers/finality/journal.js";
import { overlayFinality } from "../../workers/finality/overlayFinality.js";
import { httpPeer, type Peer } from "../../workers/finality/peer.js";
import { providerChain } from "../../workers/finality/providerChain.js";
import { recordFinal } from "../../workers/finality/recordFinal.js";
import { type HttpServer, serveHttp } from "../../workers/http/serveHttp.js";
import { openStore, type Store } from "../../workers/store/openStore.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { testVoting } from "../support/testVoting.js";

/** Some twenty blocks, which come late where the machine is busy. */
const TURNS_SECONDS = 150;
const quiet = (): void => undefined;

/** A worker's part in the overlay, at its own validator. */
interface Attestor {
  readonly provider: JsonRpcProvider;
  readonly store: Store;
  readonly node: FinalityNode;
  readonly server: HttpServer;
  running: boolean;
}

describe("the finality overlay above four Clique validators", function suite() {
  this.timeout(300_000);
  const folder = join(temporaryFolder(), "net");
  const at = layout(folder);
  let network: Network;
  let engine: Engine;
  let overlay: string;
  let members: Wallet[];
  let domain: FinalityDomain;
  const attestors: Attestor[] = [];

  const finalOf = (seat: number): number => latestFinal(attestors[seat]!.store)?.number ?? -1;
  /** Has those that run turn until something is so. */
  const turnUntil = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> =>
    await eventually(
      what,
      async () => {
        // A node that is just stopping answers nothing.
        const running = attestors.filter((one) => one.running);
        await Promise.all(running.map(async ({ node }) => await node.turn().catch(() => undefined)));
        return await isSo();
      },
      TURNS_SECONDS,
    );
  /** All final blocks of those that run are of one chain. */
  const checkOneChain = async (): Promise<void> => {
    const running = attestors.filter((one) => one.running);
    const { provider } = running.reduce((a, b) =>
      (latestFinal(a.store)?.number ?? 0) >= (latestFinal(b.store)?.number ?? 0) ? a : b,
    );
    for (const { store } of running) {
      const final = latestFinal(store);
      if (final === undefined) continue;
      await eventually(
        `block ${final.number} is everyone's`,
        async () => (await provider.getBlock(final.number))?.hash === final.hash,
      );
      expect(allEvidence(store)).to.deep.equal([]);
    }
  };

  before(async function build() {
    const geth = await openGeth();
    if (geth === undefined) {
      this.skip();
      return;
    }
    engine = cliqueGeth(geth);
    network = await createNetwork(folder, {
      tier: "wan",
      engine: "clique",
      validators: 4,
      chainId: 20_399,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(3 * 4),
    });
    await startNetwork(folder, network, engine, quiet);
    members = await operatorWallets(folder, network);
    const providers = network.validators.map(
      ({ rpcPort }) =>
        new JsonRpcProvider(`http://127.0.0.1:${rpcPort}`, network.chainId, {
          staticNetwork: true,
          cacheTimeout: -1,
        }),
    );
    for (const provider of providers) provider.pollingInterval = 250;
    const first = members[0]!.connect(providers[0]!);
    const founders = members
      .slice(0, 4)
      .map(({ address }, i) => ({ account: address, name: `Operator ${i + 1}` }));
    const consortium = await (
      await new Consortium__factory(first).deploy(founders, 1_000n)
    ).waitForDeployment();
    const governance = await (
      await new Governance__factory(first).deploy(consortium, testVoting)
    ).waitForDeployment();
    const contract = await (await new FinalityOverlay__factory(first).deploy(consortium)).waitForDeployment();
    // A ledger has no part in this.
    await (await consortium.concludeSetup(governance, governance)).wait();
    overlay = await contract.getAddress();
    domain = { chainId: BigInt(network.chainId), overlay };
    // What the first node has in a block, another may get a moment later; it would take a call for one to nobody.
    for (const provider of providers)
      await eventually("the node has the contract", async () => (await provider.getCode(overlay)) !== "0x");
    await Promise.all(
      providers.map(async (provider, seat) => {
        const own = FinalityOverlay__factory.connect(overlay, members[seat]!.connect(provider));
        const fromHeight = (await provider.getBlockNumber()) + 30;
        const { signer, signature } = signPossession(members[seat]!.privateKey, domain, { seat, fromHeight });
        await (await own.register(signer, fromHeight, signature)).wait();
      }),
    );
    const peers: Peer[][] = providers.map(() => []);
    for (const [seat, provider] of providers.entries()) {
      const { privateKey: key, address: signer } = members[seat]!;
      const store = openStore(join(folder, "..", `seat${seat}.sqlite`));
      const logger = pino({ level: "silent" });
      const parts = { store, domain, key, signer, logger, peers: peers[seat]! };
      const node = new FinalityNode({
        ...parts,
        chain: providerChain(provider, overlay),
        seat: () => Promise.resolve(seat),
      });
      const server = await serveHttp(node.routes(), { host: "127.0.0.1", port: 0 });
      attestors.push({ provider, store, node, server, running: true });
    }
    for (const [seat, own] of peers.entries()) {
      own.push(...attestors.filter((_, other) => other !== seat).map(({ server }) => httpPeer(server.url)));
    }
  });
  after(async () => {
    for (const { server, store, provider } of attestors) {
      await server.close();
      store.close();
      provider.destroy();
    }
    if (existsSync(at.network)) await deleteNetwork(folder);
  });

  it("makes blocks final, one chain for all four", async () => {
    await turnUntil("all four have a final block", () => attestors.every((_, seat) => finalOf(seat) > 0));
    const then = finalOf(0);
    await turnUntil("it goes on", () => attestors.every((_, seat) => finalOf(seat) > then + 5));
    await checkOneChain();
  });

  it("goes on with one validator and its worker down, and takes them back", async () => {
    attestors[3]!.running = false;
    await stopValidator(folder, network, 4);
    const then = finalOf(0);
    await turnUntil("three go on", () => [0, 1, 2].every((seat) => finalOf(seat) > then + 8));
    for (const seat of [0, 1, 2]) {
      const seats = latestFinal(attestors[seat]!.store)!.attestations.map(({ seat: by }) => by);
      expect(seats.toSorted((a, b) => a - b)).to.deep.equal([0, 1, 2]);
    }
    await startValidator(folder, network, 4, engine, quiet);
    attestors[3]!.running = true;
    const back = finalOf(0);
    await turnUntil("the fourth has what is final", () => finalOf(3) > back);
    await checkOneChain();
  });

  it("stands still with two workers down, though the chain goes on, and catches up", async () => {
    for (const seat of [2, 3]) attestors[seat]!.running = false;
    const start = await attestors[0]!.provider.getBlockNumber();
    await turnUntil(
      "ten more blocks",
      async () => (await attestors[0]!.provider.getBlockNumber()) > start + 10,
    );
    expect(finalOf(0)).to.be.at.most(start);
    for (const seat of [2, 3]) attestors[seat]!.running = true;
    await turnUntil("finality is back", () => attestors.every((_, seat) => finalOf(seat) > start + 8));
    await checkOneChain();
  });

  it("says of a block whether it is final, and the chain takes the signatures", async () => {
    const { store, provider } = attestors[0]!;
    const finality = overlayFinality(store, provider);
    const final = latestFinal(store)!;
    const contract = FinalityOverlay__factory.connect(overlay, members[0]!.connect(provider));
    const head = (await provider.getBlock("latest"))!;
    expect(await finality.isFinal({ number: head.number, hash: head.hash! })).to.equal(false);
    expect(await finality.latest()).to.deep.equal({ number: final.number, hash: final.hash });
    const earlier = (await provider.getBlock(final.number - 5))!;
    expect(await finality.isFinal({ number: earlier.number, hash: earlier.hash! })).to.equal(true);
    expect(await finality.isFinal({ number: earlier.number, hash: final.hash })).to.equal(false);
    await recordFinal(contract, final.attestations);
    expect(await contract.finalHash(final.number)).to.equal(final.hash);
  });
});

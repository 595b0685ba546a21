import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { getAddress, getBytes, hexlify, JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { Consortium__factory } from "../../typechain-types/factories/consortium/Consortium__factory.js";
import { Governance__factory } from "../../typechain-types/factories/consortium/Governance__factory.js";
import { FinalityOverlay__factory } from "../../typechain-types/factories/finality/FinalityOverlay__factory.js";
import { Metering__factory } from "../../typechain-types/factories/metering/Metering__factory.js";
import type { FinalityOverlay, Metering } from "../../typechain-types/index.js";
import { providerAccess } from "../../workers/chain/sending/providerAccess.js";
import { Sender } from "../../workers/chain/sending/sender.js";
import { transactionSigner } from "../../workers/crypto/transactionSigner.js";
import { createNetwork } from "../../workers/devnet/createNetwork.js";
import { cliqueGeth } from "../../workers/devnet/engines/cliqueGeth.js";
import type { Engine } from "../../workers/devnet/engines/types.js";
import { layout } from "../../workers/devnet/layout.js";
import { onNode } from "../../workers/devnet/nodeState.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { startNetwork } from "../../workers/devnet/startNetwork.js";
import { deleteNetwork } from "../../workers/devnet/stopNetwork.js";
import type { Network } from "../../workers/devnet/types.js";
import { askedFinality } from "../../workers/finality/askedFinality.js";
import { type FinalityDomain, signAttestation, signPossession } from "../../workers/finality/attestation.js";
import { FinalityNode } from "../../workers/finality/finalityNode.js";
import { allEvidence, latestFinal } from "../../workers/finality/journal.js";
import { httpPeer, type Peer } from "../../workers/finality/peer.js";
import { proveFault } from "../../workers/finality/proveFault.js";
import { providerChain } from "../../workers/finality/providerChain.js";
import { type HttpServer, serveHttp } from "../../workers/http/serveHttp.js";
import { readReports } from "../../workers/metering/chain/reportEvents.js";
import { Concentrator } from "../../workers/metering/concentrator/concentrator.js";
import { queueMigrations } from "../../workers/metering/concentrator/queue/queueTables.js";
import type { MeteringDomain } from "../../workers/metering/domain.js";
import type { SignedEpochKey } from "../../workers/metering/keys/epochOpening.js";
import { registrationRequest } from "../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../workers/metering/keys/sessionRequest.js";
import { openDatabase } from "../../workers/metering/mdms/database/openDatabase.js";
import type { Database } from "../../workers/metering/mdms/database/types.js";
import { MdmsKeystore } from "../../workers/metering/mdms/keys/mdmsKeystore.js";
import { Mdms } from "../../workers/metering/mdms/mdms.js";
import { installMeter } from "../../workers/metering/mdms/store/installations.js";
import type { Ack } from "../../workers/metering/messages/ack.js";
import { registerMdms } from "../../workers/metering/provision/registerMdms.js";
import { createReport } from "../../workers/metering/report/createReport.js";
import { encodeReport } from "../../workers/metering/report/encodeReport.js";
import { openStore, type Store } from "../../workers/store/openStore.js";
import { sessionKeyOf, testMeter } from "../contracts/metering/meteringFixture.js";
import { standsStill } from "../support/faults/standsStill.js";
import { freePorts } from "../support/freePorts.js";
import { openGeth } from "../support/openGeth.js";
import { type Partition, partitionable } from "../support/partition.js";
import { sideKeeper } from "../support/sideKeeper.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { testVoting } from "../support/testVoting.js";
import { within } from "../support/within.js";

const SEATS = 4;
/** The seat that seals and signs on both sides. */
const EVIL = 3;
/** Validators, from 1: the evil seat's node is 4, and 5 is another node with the same key. */
const TWIN = 5;
const LEFT = [1, 2, 4];
const RIGHT = [3, TWIN];
const INTERVAL = 60;
/** Ends hopeless waits: a block of a second may come late by several, and a peer that was lost is dialled again after 35 s. */
const PATIENCE_SECONDS = 240;
const METERS = [1, 2, 3, 4, 5, 6].map((number) => testMeter(number));
/** These bring what was not final soon to the other concentrator too. */
const IMPATIENT = [4, 5, 6];
const silent = pino({ level: "silent" });

/** A meter's n-th reading, Wh. */
const usageOf = (meter: number, n: number): number => 1_000 * meter + n;
/** What the MDMS has to release of all meters' readings with these numbers. */
const expected = (numbers: readonly number[]): Record<string, number> =>
  Object.fromEntries(METERS.flatMap(({ meter }) => numbers.map((n) => [`${meter} ${n}`, usageOf(meter, n)])));
/** Unix seconds. */
const now = (): number => Date.now() / 1_000;
/** Whether a seat's own validator is on the side whose branch is lost. */
const isRight = (seat: number): boolean => RIGHT.includes(seat + 1);

/** A seat's worker, at its own validator. */
interface Attestor {
  readonly store: Store;
  readonly node: FinalityNode;
  readonly server: HttpServer;
}

/** A concentrator at a validator, and what it told the meters: the verdicts by meter and time. */
interface Bringer {
  readonly concentrator: Concentrator;
  readonly told: Map<string, Ack["verdict"][]>;
  readonly store: Store;
}

/*
 * Paper 002, Table 4, F9 and F10, on a network of geth. One of four validators equivocates: it runs two nodes with its key, one on
 * either side of a network that is cut, so that it seals both branches, and it signs blocks of both for the overlay. Meters'
 * reports are in the branch that is lost; a concentrator and the MDMS are on its side.
 */
describe("paper 002, Table 4, on geth: a validator that equivocates under meters' reports", function suite() {
  this.timeout(600_000);
  const root = temporaryFolder();
  const folder = join(root, "net");
  let network: Network;
  let engine: Engine;
  let partition: Partition | undefined;
  let cut = false;
  const providers: JsonRpcProvider[] = [];
  const attestors: Attestor[] = [];
  const bringers: Bringer[] = [];
  let wallets: Wallet[];
  let overlay: FinalityOverlay;
  let finalityDomain: FinalityDomain;
  let metering: Metering;
  let domain: MeteringDomain;
  let database: Database | undefined;
  let mdms: Mdms;
  let undone = 0;
  const epochs: SignedEpochKey[] = [];
  let since: number;

  /** A validator's JSON-RPC; numbers from 1. */
  const over = (number: number): JsonRpcProvider => providers[number - 1]!;
  const finalOf = (seat: number): number => latestFinal(attestors[seat]!.store)?.number ?? -1;
  const call = async <T>(number: number, method: string, parameters: unknown[] = []): Promise<T> =>
    await onNode(engine, network.validators[number - 1]!, layout(folder), (node) =>
      node.call<T>(method, parameters),
    );
  /** Whether the evil seat's key has sealed none of the last two blocks that a validator has, so that it may seal the next. */
  const evilMaySeal = async (number: number): Promise<boolean> => {
    const head = await over(number).getBlockNumber();
    const sealers = await Promise.all(
      [head, head - 1].map(async (height) =>
        onNode(engine, network.validators[number - 1]!, layout(folder), (node) =>
          engine.sealerOf(node, height),
        ),
      ),
    );
    const evil = network.validators[EVIL]!.address.toLowerCase();
    return sealers.every((address) => address.toLowerCase() !== evil);
  };

  /** To whom the transactions are that wait at a node. */
  const poolOf = async (number: number): Promise<string[]> => {
    const { pending } = await call<{
      readonly pending: Record<string, Record<string, { readonly to: string }>>;
    }>(number, "txpool_content");
    return Object.values(pending).flatMap((of) => Object.values(of).map(({ to }) => getAddress(to)));
  };

  /** Everybody looks once. A node that turns to another chain may answer nothing for a moment. */
  const turn = async (): Promise<void> => {
    await Promise.all(attestors.map(async ({ node }) => await node.turn().catch(() => undefined)));
    await Promise.all(
      bringers.map(async ({ concentrator }) => await concentrator.turn().catch(() => undefined)),
    );
    undone += (await mdms.turn().catch(() => undefined))?.undone ?? 0;
  };
  const turnUntil = async (seconds: number, what: string, isSo: () => Promise<boolean> | boolean) =>
    await within(seconds, what, async () => {
      await turn();
      return await isSo();
    });

  /** The meters' n-th readings, sealed afresh: each meter's bytes. */
  const reportsOf = (n: number): Map<number, Uint8Array> => {
    const { epoch, publicKey } = epochs.at(-1)!;
    return new Map(
      METERS.map((meter) => [
        meter.meter,
        encodeReport(
          createReport(
            domain,
            { ...meter, sessionKey: sessionKeyOf(meter.meter).privateKey },
            { epoch, publicKey: getBytes(publicKey) },
            since + n * INTERVAL,
            { usageWh: usageOf(meter.meter, n), registerWh: 100 * n },
          ),
        ),
      ]),
    );
  };
  const bring = (by: number, reports: ReadonlyMap<number, Uint8Array>, meters?: readonly number[]): void => {
    for (const [meter, bytes] of reports)
      if (meters?.includes(meter) !== false) bringers[by]!.concentrator.receive("report", meter, bytes);
  };
  const toldOf = (by: number, meter: number, n: number): readonly Ack["verdict"][] =>
    bringers[by]!.told.get(`${meter} ${since + n * INTERVAL}`) ?? [];
  /** What the MDMS has released: the energy by meter and number of the reading. */
  const released = async (): Promise<Record<string, number>> => {
    const rows = await database!.all<{ meter: number; tau: number; energy_wh: number }>(
      "SELECT meter, tau, energy_wh FROM intervals WHERE quality = 'measured' ORDER BY meter, tau",
    );
    return Object.fromEntries(
      rows.map(({ meter, tau, energy_wh: wh }) => [`${meter} ${(tau - since) / INTERVAL}`, wh]),
    );
  };
  /** The hashes of the blocks that hold a reading's report, on the chain that a node follows. */
  const heldIn = async (node: number, n: number, from = 0): Promise<Map<number, string[]>> => {
    const { accepted } = await readReports(
      over(node),
      domain.metering,
      from,
      await over(node).getBlockNumber(),
    );
    const found = new Map<number, string[]>();
    for (const { report, blockHash } of accepted) {
      if (report.time === since + n * INTERVAL)
        found.set(report.meter, [...(found.get(report.meter) ?? []), blockHash]);
    }
    return found;
  };

  const openBringer = (name: string, validator: number, seat: number, wallet: Wallet): void => {
    const provider = over(validator);
    const store = openStore(join(root, `${name}.sqlite`), { migrations: queueMigrations });
    const contract = FinalityOverlay__factory.connect(finalityDomain.overlay, provider);
    const finality = askedFinality(contract, finalityDomain, provider, [attestors[seat]!.server.url]);
    const sender = new Sender({
      store,
      chain: providerAccess(provider),
      account: wallet.address,
      sign: transactionSigner(wallet.privateKey),
      now,
      logger: silent,
      settings: {
        chainId: domain.chainId,
        maxInFlight: 16,
        stuckBlocks: 5,
        fees: { price: undefined, cap: 10n ** 11n },
      },
      finality,
    });
    const told = new Map<string, Ack["verdict"][]>();
    const tell = (meter: number, { about, verdict }: Ack): void => {
      if (about.kind !== "report") return;
      const key = `${meter} ${about.time}`;
      told.set(key, [...(told.get(key) ?? []), verdict]);
    };
    const here = Metering__factory.connect(domain.metering, provider);
    const concentrator = new Concentrator(
      {
        store,
        sender,
        account: wallet.address,
        provider,
        metering: here,
        domain,
        finality,
        tell,
        now,
        logger: silent,
      },
      { batchReports: 50, batchSeconds: 0, batchGas: 12_000_000, mostQueued: 1_000, confirmations: 3 },
    );
    bringers.push({ concentrator, told, store });
  };

  before(async function build() {
    const geth = await openGeth();
    if (geth === undefined) {
      this.skip();
      return;
    }
    const at = layout(folder);
    const made = await createNetwork(folder, {
      tier: "wan",
      engine: "clique",
      validators: TWIN,
      chainId: 20_402,
      blockPeriodSeconds: 1,
      gasLimit: 60_000_000,
      basePort: await freePorts(3 * TWIN),
    });
    // The twin has the evil seat's key.
    for (const file of ["keystore", "password"] as const)
      copyFileSync(at.validator(EVIL + 1)[file], at.validator(TWIN)[file]);
    const twin = { ...made.validators[TWIN - 1]!, address: made.validators[EVIL]!.address };
    network = { ...made, validators: [...made.validators.slice(0, SEATS), twin] };
    partition = await partitionable(cliqueGeth(geth), network);
    const { engine: linked } = partition;
    engine = {
      ...linked,
      genesis: (whole) => linked.genesis({ ...whole, validators: whole.validators.slice(0, SEATS) }),
      // The twin waits.
      seal: async (node) => {
        const { enode } = await node.call<{ enode: string }>("admin_nodeInfo");
        if (!enode.includes(twin.nodeId)) await linked.seal(node);
      },
    };
    await startNetwork(folder, network, engine, () => undefined);
    for (const { rpcPort } of network.validators) {
      providers.push(
        new JsonRpcProvider(`http://127.0.0.1:${rpcPort}`, network.chainId, {
          staticNetwork: true,
          cacheTimeout: -1,
          pollingInterval: 200,
        }),
      );
    }
    wallets = await operatorWallets(folder, network);
    const utility = new NonceManager(wallets[0]!.connect(over(1)));
    const founders = wallets
      .slice(0, SEATS)
      .map(({ address }, i) => ({ account: address, name: `Operator ${i + 1}` }));
    const consortium = await (
      await new Consortium__factory(utility).deploy(founders, 1_000n)
    ).waitForDeployment();
    const [governance, deployedOverlay, deployed] = await Promise.all(
      [
        await new Governance__factory(utility).deploy(consortium, testVoting),
        await new FinalityOverlay__factory(utility).deploy(consortium),
        await new Metering__factory(utility).deploy(consortium, 0, {
          intervalSeconds: INTERVAL,
          sessionSeconds: 86_400,
          overlapSeconds: 3_600,
        }),
      ].map(async (contract) => await contract.waitForDeployment()),
    );
    metering = deployed as Metering;
    overlay = deployedOverlay as FinalityOverlay;
    const chainId = BigInt(network.chainId);
    domain = { chainId, metering: await metering.getAddress() };
    finalityDomain = { chainId, overlay: await overlay.getAddress() };

    // Keys of the seats, concentrators, meters and the MDMS.
    const carriers = [Wallet.createRandom(), Wallet.createRandom()].map(
      ({ privateKey }) => new Wallet(privateKey),
    );
    since = Math.floor(Date.now() / 1_000 / INTERVAL) * INTERVAL - 50 * INTERVAL;
    const gasLimit = 3_000_000;
    const sent = [
      // A ledger has no part in this.
      await consortium.concludeSetup(governance!, governance!),
      await metering.appointConcentrator(wallets[0]!.address),
      ...(await Promise.all(
        carriers.map(({ address }) => utility.sendTransaction({ to: address, value: 10n ** 18n })),
      )),
      ...(await Promise.all(carriers.map(({ address }) => metering.appointConcentrator(address)))),
      await metering.storeIdentities(METERS.map(({ hid }) => hid)),
    ];
    await Promise.all(sent.map(async (one) => await one.wait()));
    await within(PATIENCE_SECONDS, "every node has the contracts", async () => {
      const codes = await Promise.all(
        providers.map(async (provider) => await provider.getCode(finalityDomain.overlay)),
      );
      return codes.every((code) => code !== "0x");
    });
    const from = (await over(1).getBlockNumber()) + 30;
    await Promise.all(
      Array.from({ length: SEATS }, async (_, seat) => {
        const { signer, signature } = signPossession(wallets[seat]!.privateKey, finalityDomain, {
          seat,
          fromHeight: from,
        });
        const own = seat === 0 ? utility : wallets[seat]!.connect(over(seat + 1));
        await (await overlay.connect(own).register(signer, from, signature)).wait();
      }),
    );
    const registered = await metering.registerMeters(
      METERS.map(({ saltedId, identityKey }) => registrationRequest(domain, saltedId, identityKey, since)),
      { gasLimit },
    );
    const validUntil = Math.floor(Date.now() / 1_000) + 86_000;
    const sessions = await metering.openSessions(
      METERS.map(({ meter, identityKey }) =>
        sessionRequest(domain, { meter, sequence: 1, validUntil }, identityKey, sessionKeyOf(meter)),
      ),
      { gasLimit },
    );
    const keystore = MdmsKeystore.create(
      join(root, "mdms.json"),
      "the operator's password",
      hexlify(new Uint8Array(32).fill(7)),
    );
    await registerMdms(metering, domain, keystore);
    await Promise.all([registered.wait(), sessions.wait()]);

    // The seats' workers. Whoever is cut off reaches only those of its own side.
    const peers: Peer[][] = Array.from({ length: SEATS }, () => []);
    for (let seat = 0; seat < SEATS; ++seat) {
      const { privateKey: key, address: signer } = wallets[seat]!;
      const store = openStore(join(root, `seat${seat}.sqlite`));
      const node = new FinalityNode({
        store,
        domain: finalityDomain,
        key,
        signer,
        logger: silent,
        peers: peers[seat]!,
        chain: providerChain(over(seat + 1), finalityDomain.overlay),
        seat: () => Promise.resolve(seat),
      });
      attestors.push({ store, node, server: await serveHttp(node.routes(), { host: "127.0.0.1", port: 0 }) });
    }
    for (const [seat, own] of peers.entries()) {
      for (const [other, { server }] of attestors.entries()) {
        if (other === seat) continue;
        const peer = httpPeer(server.url);
        const reach = <T>(use: () => Promise<T>): Promise<T> =>
          cut && isRight(seat) !== isRight(other) ? Promise.reject(new Error("cut off")) : use();
        own.push({
          name: peer.name,
          fetch: (height) => reach(() => peer.fetch(height)),
          push: (list) => reach(() => peer.push(list)),
        });
      }
    }
    openBringer("right", 3, 2, carriers[0]!);
    openBringer("left", 1, 0, carriers[1]!);
    database = await openDatabase(join(root, "mdms.sqlite"));
    for (const { meter } of METERS) await installMeter(database, meter, `P${meter}`, since);
    const source = {
      provider: over(3),
      metering: domain.metering,
      fromBlock: 0,
      rangeBlocks: 500,
      finality: askedFinality(overlay.connect(over(3)), finalityDomain, over(3), [attestors[2]!.server.url]),
    };
    mdms = new Mdms(
      {
        database,
        keystore,
        metering: metering.connect(over(3)),
        signer: wallets[SEATS]!.connect(over(3)),
        domain,
        source,
        logger: silent,
      },
      {
        intervalSeconds: INTERVAL,
        releaseSeconds: 0,
        epochSeconds: 80_000,
        overlapSeconds: 3_600,
        patienceSeconds: 3_600,
      },
      { epoch: (key) => void epochs.push(key), gaps: () => undefined },
    );
  });
  after(async () => {
    for (const { server, store } of attestors) {
      await server.close();
      store.close();
    }
    for (const { store } of bringers) store.close();
    await database?.close();
    for (const provider of providers) provider.destroy();
    if (partition === undefined) return;
    // Its folder is gone by now: the nodes are found by their arguments.
    await deleteNetwork(folder);
    await partition.close();
  });

  let releasedBefore: Record<string, number>;
  /** The block from which both branches come, and the first of the branch that is lost. */
  let common: number;
  let lost: Map<number, string[]>;

  it("the MDMS releases what came before", async () => {
    await turnUntil(PATIENCE_SECONDS, "an epoch is open", () => epochs.length > 0);
    for (const n of [1, 2]) bring(0, reportsOf(n));
    await turnUntil(PATIENCE_SECONDS, "two readings of each are released", async () => {
      return Object.keys(await released()).length === 2 * METERS.length;
    });
    expect(await released()).to.deep.equal(expected([1, 2]));
  });

  it("F9: it seals and signs two branches; no two blocks that exclude each other are final, and the honest ones go on", async () => {
    releasedBefore = await released();
    const sealers = network.validators.map(({ address }) => address.toLowerCase());
    // Two can seal two blocks more at most: the twin must be one of them. A block of its key may come while the links are cut.
    await within(PATIENCE_SECONDS, "cut where the twin may seal at once", async () => {
      if (!(await evilMaySeal(3))) return false;
      partition!.split(LEFT, RIGHT);
      // What was on its way arrives, and validator 3 seals the one block that it may: then nothing comes until the twin seals.
      await standsStill(() => over(3).getBlockNumber());
      cut = await evilMaySeal(3);
      if (!cut) partition!.join();
      return cut;
    });
    const cutAt = Math.min(await over(1).getBlockNumber(), await over(3).getBlockNumber()) - 1;
    const reports = reportsOf(3);
    bring(0, reports);
    bring(1, reports, IMPATIENT);
    // The twin seals once it has them, so that they are in its block if in no other.
    await turnUntil(
      PATIENCE_SECONDS,
      "the reports wait at the twin, or are in a block",
      async () => (await poolOf(TWIN)).includes(domain.metering) || (await heldIn(3, 3, cutAt)).size > 0,
    );
    await call(TWIN, "miner_start");
    await turnUntil(
      PATIENCE_SECONDS,
      "the reports are in the branch to be lost",
      async () => (await heldIn(3, 3, cutAt)).size === METERS.length,
    );
    await turnUntil(PATIENCE_SECONDS, "its meters are told so", () =>
      METERS.every(({ meter }) => toldOf(0, meter, 3).includes("included")),
    );
    lost = await heldIn(3, 3, cutAt);
    // A block may have been on its way when the links were cut.
    const hashes = async (node: number, height: number): Promise<string | undefined> =>
      (await over(node).getBlock(height))?.hash ?? undefined;
    common = await over(3).getBlockNumber();
    while ((await hashes(1, common)) !== (await hashes(3, common))) --common;

    // Its key signs whatever block there is on that side, and gives that to the honest worker there.
    const head = await over(3).getBlockNumber();
    const signed = await Promise.all(
      Array.from({ length: head - common }, async (_, i) => {
        const { number, hash } = (await over(3).getBlock(common + 1 + i))!;
        const attestation = { epoch: 0, number, hash: hash! };
        const signature = signAttestation(wallets[EVIL]!.privateKey, finalityDomain, attestation);
        return { ...attestation, seat: EVIL, signature };
      }),
    );
    await httpPeer(attestors[2]!.server.url).push(signed);
    const keepLeft = sideKeeper(folder, network, engine, LEFT);
    await turnUntil(PATIENCE_SECONDS, "the other side makes blocks above the fork final", async () => {
      await keepLeft();
      return finalOf(0) > head + 1 && finalOf(1) > head + 1;
    });

    // Its key sealed blocks of both branches above the last that they share. The overlay has one of them at most.
    const sealersAbove = async (node: number): Promise<Set<string>> => {
      const heights = (await over(node).getBlockNumber()) - common;
      const found = Array.from({ length: heights }, async (_, i) =>
        (await call<string>(node, "clique_getSigner", [`0x${(common + 1 + i).toString(16)}`])).toLowerCase(),
      );
      return new Set(await Promise.all(found));
    };
    for (const node of [1, TWIN]) expect(await sealersAbove(node)).to.include(sealers[EVIL]);
    expect(finalOf(2)).to.be.at.most(common);
    for (const { hash, number } of signed) expect((await over(1).getBlock(number))!.hash).not.to.equal(hash);
    expect(await released()).to.deep.equal(releasedBefore);
    expect(undone).to.equal(0);
    for (const { meter } of METERS) expect(toldOf(0, meter, 3)).not.to.include("final");
  });

  it("F10: joined, the branch that fewer sealed is lost; nothing that was released is undone, and its reports arrive on the other, each once", async () => {
    await call(TWIN, "miner_stop");
    partition!.join();
    cut = false;
    bring(0, reportsOf(4));
    await turnUntil(PATIENCE_SECONDS, "both sides are on one chain", async () => {
      const [one, other] = await Promise.all(
        [1, 3].map(async (node) => (await over(node).getBlock(common + 1))?.hash),
      );
      return one !== undefined && one === other;
    });
    await turnUntil(PATIENCE_SECONDS, "all readings are released", async () => {
      return Object.keys(await released()).length === 4 * METERS.length;
    });
    expect(await released()).to.deep.equal({ ...releasedBefore, ...expected([1, 2, 3, 4]) });
    expect(undone).to.equal(0);
    await turnUntil(PATIENCE_SECONDS, "every meter is told that its readings are final", () => {
      // Of what the other concentrator brought nothing is left here to follow: if it is not final when it is found, the meter is
      // told that it is in a block, and asks again in time.
      bring(
        0,
        reportsOf(3),
        IMPATIENT.filter((meter) => toldOf(0, meter, 3).at(-1) !== "final"),
      );
      return METERS.every(({ meter }) => [1, 2, 3, 4].every((n) => toldOf(0, meter, n).at(-1) === "final"));
    });

    // On the chain each is once, in other blocks than those of the branch that was lost.
    for (const n of [1, 2, 3, 4]) {
      const held = await heldIn(3, n);
      expect([...held.keys()].toSorted((a, b) => a - b)).to.deep.equal(METERS.map(({ meter }) => meter));
      for (const [meter, blocks] of held) {
        expect(blocks).to.have.length(1);
        if (n === 3) expect(blocks[0]).not.to.equal(lost.get(meter)![0]);
      }
    }
    const rows = await database!.all<{ n: number }>("SELECT count(*) AS n FROM reports");
    expect(rows[0]!.n).to.equal(4 * METERS.length);
  });

  it("its equivocation is proved on the chain, and nobody else is accused", async () => {
    await turnUntil(
      PATIENCE_SECONDS,
      "the honest worker of the lost side has both signatures",
      () => allEvidence(attestors[2]!.store).length > 0,
    );
    for (const seat of [0, 1, 2]) {
      const accused = allEvidence(attestors[seat]!.store).map((one) => one.seat);
      expect(accused.every((one) => one === EVIL)).to.equal(true);
    }
    const [evidence] = allEvidence(attestors[2]!.store);
    const { id } = await proveFault(overlay.connect(wallets[2]!.connect(over(3))), evidence!);
    const fault = await overlay.fault(id);
    expect(fault.seat).to.equal(BigInt(EVIL));
    expect(Number(fault.height)).to.be.greaterThan(common);
  });
});

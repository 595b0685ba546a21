import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Block, getBytes, hexlify, type Provider, type Signer, Wallet } from "ethers";
import { describe, it } from "mocha";
import { type Logger, pino } from "pino";
import { saltedId, identityHash } from "../../../../workers/metering/identityHash.js";
import { addressOfKey } from "../../../../workers/crypto/addressOfKey.js";
import { keyPairOf } from "../../../../workers/crypto/keyPair.js";
import { instantFinality } from "../../../../workers/finality/instantFinality.js";
import type { BlockId, Finality } from "../../../../workers/finality/types.js";
import { mdmsRegistration } from "../../../../workers/metering/keys/mdmsRegistration.js";
import type { SignedEpochKey } from "../../../../workers/metering/keys/epochOpening.js";
import { openDatabase } from "../../../../workers/metering/mdms/database/openDatabase.js";
import type { Database, Session } from "../../../../workers/metering/mdms/database/types.js";
import { MdmsKeystore } from "../../../../workers/metering/mdms/keys/mdmsKeystore.js";
import { Mdms, type MdmsTerms } from "../../../../workers/metering/mdms/mdms.js";
import { NodeBehindError, NodeForeignError } from "../../../../workers/metering/mdms/reader/errors.js";
import { bindMdms } from "../../../../workers/metering/mdms/store/identity.js";
import { installMeter } from "../../../../workers/metering/mdms/store/installations.js";
import { intervalsOf } from "../../../../workers/metering/mdms/store/intervals.js";
import { countReports } from "../../../../workers/metering/mdms/store/reports.js";
import type { MeterGaps } from "../../../../workers/metering/messages/gapsMessage.js";
import { createReport } from "../../../../workers/metering/report/createReport.js";
import type { UsageReport } from "../../../../workers/metering/report/types.js";
import { packReports } from "../../../../workers/metering/report/packReports.js";
import {
  type Deployed,
  deployMetering,
  openSessions,
  rules,
  sessionKeyOf,
  startMeters,
  type TestMeter,
} from "../../../contracts/metering/meteringFixture.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const DAY = 86_400;
const HALF_HOUR = rules.intervalSeconds;
const TERMS: MdmsTerms = {
  intervalSeconds: HALF_HOUR,
  releaseSeconds: 0,
  epochSeconds: 2 * DAY,
  overlapSeconds: 3_600,
  patienceSeconds: DAY,
};

/** A report of the interval that ends `n` intervals after `since`, of 100 Wh and `n`. */
function report(
  s: { f: Deployed; epochs: SignedEpochKey[]; since: number },
  meter: TestMeter,
  n: number,
): UsageReport {
  const { epoch, publicKey } = s.epochs.at(-1)!;
  const key = { epoch, publicKey: getBytes(publicKey) };
  const sessionKey = sessionKeyOf(meter.meter).privateKey;
  const time = s.since + n * HALF_HOUR;
  return createReport(s.f.domain, { ...meter, sessionKey }, key, time, {
    usageWh: 100 + n,
    registerWh: n * 100,
  });
}

/** Something with some of its methods changed. */
function changed<Whole extends object>(whole: Whole, methods: Partial<Whole>): Whole {
  return new Proxy(whole, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === "function" ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** What something is rejected with. */
const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A database that dies at its call `calls`, those inside transactions counted: what was begun is rolled back. */
function dyingAfter(database: Database, calls: number): Database {
  let left = calls;
  const dying = <Calls extends Session>(target: Calls): Calls =>
    new Proxy(target, {
      get: (one, name) => {
        const value: unknown = Reflect.get(one, name);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          if (--left < 0) return Promise.reject(new Error("killed"));
          const work = given[0];
          const inside =
            typeof work === "function" ? [(session: Session): unknown => work(dying(session))] : given;
          return (value as (...all: unknown[]) => unknown).apply(one, inside);
        };
      },
    });
  return dying(database);
}

describe("the MDMS on a chain", () => {
  const folder = temporaryFolder();
  let made = 0;

  /** A chain with metering, two meters that report, and an MDMS that is registered. */
  async function start(terms: Partial<MdmsTerms> = {}) {
    const f = await deployMetering();
    const { provider } = f.ethers;
    const keystore = MdmsKeystore.create(
      join(folder, `keys-${made}.json`),
      "p",
      saltedId("MDMS", `0x${"55".repeat(32)}`),
    );
    const request = mdmsRegistration(f.domain, keystore.saltedId, keystore.identity);
    await f.utility.storeMdmsIdentity(
      identityHash(keystore.saltedId, addressOfKey(keystore.identity.publicKey)),
    );
    await f.anyone.registerMdms(request.saltedId, request.identity, request.r, request.vs);
    const where = join(folder, `mdms-${made++}.sqlite`);
    const epochs: SignedEpochKey[] = [];
    const gaps: MeterGaps[] = [];
    const open = async (
      finality: Finality = instantFinality(provider),
      through = (database: Database) => database,
      {
        node,
        keys,
        signer,
        logger,
      }: { node?: Provider; keys?: string; signer?: Signer; logger?: Logger } = {},
    ) => {
      const database = await openDatabase(where);
      const parts = {
        database: through(database),
        keystore: MdmsKeystore.open(keys ?? keystore.path, "p"),
        metering: f.anyone,
        signer: signer ?? f.stranger,
        domain: f.domain,
        source: { provider: node ?? provider, metering: f.address, fromBlock: 0, rangeBlocks: 50, finality },
        logger: logger ?? pino({ level: "silent" }),
      };
      const voice = {
        epoch: (key: SignedEpochKey) => void epochs.push(key),
        gaps: (of: MeterGaps) => void gaps.push(of),
      };
      return { database, mdms: new Mdms(parts, { ...TERMS, ...terms }, voice) };
    };
    const since = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR - 4 * HALF_HOUR;
    const meters = await startMeters(f, 2, since);
    const { database, mdms } = await open();
    for (const { meter } of meters) await installMeter(database, meter, `P${meter}`, since);
    await mdms.turn();
    return { f, provider, keystore, meters, since, database, mdms, open, epochs, gaps };
  }

  it("opens an epoch, stores what is reported, decrypts it, and tells each meter what is missing", async () => {
    const s = await start();
    expect(s.epochs.map(({ epoch }) => epoch)).to.deep.equal([1]);
    const [one, two] = s.meters as [TestMeter, TestMeter];
    await s.f.metering.submit(packReports([report(s, one, 1), report(s, two, 1), report(s, one, 3)]));
    expect(await s.mdms.turn()).to.include({ stored: 3, opened: 3, unreadable: 0 });
    const intervals = await intervalsOf(s.database, "P1", s.since, s.since + DAY);
    expect(intervals.map(({ tau, energyWh }) => [(tau - s.since) / HALF_HOUR, energyWh])).to.deep.equal([
      [1, 101],
      [3, 103],
    ]);
    expect(s.gaps).to.deep.include({
      meter: 1,
      after: 0,
      until: s.since + 3 * HALF_HOUR,
      missing: [s.since + 2 * HALF_HOUR],
    });
    expect(await s.mdms.turn()).to.include({ stored: 0, opened: 0 });
    await s.database.close();
  });

  it("says its epoch key again now and then, to a broker that may have forgotten it", async () => {
    const s = await start();
    await s.mdms.turn();
    expect(s.epochs).to.have.lengthOf(1);
    await s.f.networkHelpers.time.increase(301);
    await s.f.networkHelpers.mine();
    await s.mdms.turn();
    expect(s.epochs.map(({ epoch }) => epoch)).to.deep.equal([1, 1]);
    await s.database.close();
  });

  it("opens nothing before it is final, nor before it is released", async () => {
    const s = await start({ releaseSeconds: 600 });
    const [one] = s.meters as [TestMeter];
    await s.f.metering.submit(packReports([report(s, one, 1)]));
    let latest: BlockId | undefined;
    const finality: Finality = { latest: async () => latest, isFinal: async () => false };
    const { database, mdms } = await s.open(finality);
    const at = async (number: number): Promise<BlockId> => ({
      number,
      hash: (await s.provider.getBlock(number))!.hash!,
    });
    const head = await s.provider.getBlockNumber();
    latest = await at(head - 1);
    expect(await mdms.turn()).to.include({ stored: 0, opened: 0 });
    latest = await at(head);
    expect(await mdms.turn()).to.include({ stored: 1, opened: 0, waiting: 0 });
    await s.f.networkHelpers.time.increase(600);
    latest = await at(await s.provider.getBlockNumber());
    expect(await mdms.turn()).to.include({ stored: 0, opened: 1 });
    await database.close();
    await s.database.close();
  });

  it("undoes what a lost branch said, and takes what stands in its place", async () => {
    const s = await start();
    const [one] = s.meters as [TestMeter];
    await s.f.metering.submit(packReports([report(s, one, 1)]));
    await s.mdms.turn();
    const snapshot = await s.f.networkHelpers.takeSnapshot();
    await s.f.metering.submit(packReports([report(s, one, 2)]));
    expect(await s.mdms.turn()).to.include({ stored: 1, opened: 1 });
    await snapshot.restore();
    await s.f.metering.submit(packReports([{ ...report(s, one, 3) }]));
    await s.f.networkHelpers.mine(2);
    const turn = await s.mdms.turn();
    expect(turn).to.include({ undone: 1, stored: 1, opened: 1 });
    const intervals = await intervalsOf(s.database, "P1", s.since, s.since + DAY);
    expect(intervals.map(({ energyWh }) => energyWh)).to.deep.equal([101, 103]);
    await s.database.close();
  });

  it("undoes nothing on the word of a node that is behind, or that serves another chain", async () => {
    const s = await start();
    const [one] = s.meters as [TestMeter];
    await bindMdms(s.database, { genesis: (await s.provider.getBlock(0))!.hash! });
    await s.f.metering.submit(packReports([report(s, one, 1)]));
    await s.mdms.turn();
    const height = await s.provider.getBlockNumber();
    const behind = changed<Provider>(s.provider, {
      getBlock: async (tag) =>
        typeof tag === "number" && tag >= height
          ? null
          : await s.provider.getBlock(tag === "latest" ? height - 1 : tag),
    });
    const foreign = changed<Provider>(s.provider, {
      getBlock: async (tag) => {
        const block = await s.provider.getBlock(tag);
        return block && changed<Block>(block, { hash: `0x${"77".repeat(32)}` });
      },
    });
    const bare = changed<Provider>(foreign, {
      getBlock: async (tag) => await (tag === 0 ? s.provider : foreign).getBlock(tag),
      getCode: () => Promise.resolve("0x"),
    });
    for (const [node, expected] of [
      [behind, NodeBehindError],
      [foreign, NodeForeignError],
      [bare, NodeForeignError],
    ] as const) {
      const { database, mdms } = await s.open(instantFinality(node), undefined, { node });
      expect(await failure(mdms.turn())).to.be.instanceOf(expected);
      await database.close();
    }
    expect(await countReports(s.database)).to.deep.equal({ opened: 1 });
    const intervals = await intervalsOf(s.database, "P1", s.since, s.since + DAY);
    expect(intervals.map(({ energyWh }) => energyWh)).to.deep.equal([101]);
    await s.database.close();
  });

  it("works beside another instance over the change of the epoch, with the same keystore or a copy of it", async () => {
    const s = await start({ epochSeconds: 7_200 });
    const [one] = s.meters as [TestMeter];
    const keys = `${s.keystore.path}.copy`;
    copyFileSync(s.keystore.path, keys);
    const shared = await s.open();
    const copy = await s.open(undefined, undefined, { keys });
    MdmsKeystore.open(keys, "p").drawEpoch(2);
    await s.f.networkHelpers.time.increase(4_000);
    await s.f.networkHelpers.mine();
    await Promise.allSettled([s.mdms.turn(), shared.mdms.turn()]);
    await s.mdms.turn();
    const { epoch, publicKey } = s.epochs.at(-1)!;
    expect(epoch).to.equal(2);
    const { privateKey } = MdmsKeystore.open(s.keystore.path, "p").epoch(2)!;
    expect(hexlify(keyPairOf(privateKey).publicKey)).to.equal(publicKey);
    await s.f.metering.submit(packReports([report(s, one, 1), report(s, one, 2)]));
    // Whoever has not the key that is on the chain leaves the reports to who has.
    expect(await copy.mdms.turn()).to.include({ stored: 2, unreadable: 0, waiting: 2 });
    expect(await shared.mdms.turn()).to.include({ opened: 2 });
    for (const { database } of [copy, shared, s]) await database.close();
  });

  it("sends the opening of an epoch again that a node has lost, and holds nothing up for it", async () => {
    const s = await start({ epochSeconds: 7_200 });
    const [one] = s.meters as [TestMeter];
    await s.f.networkHelpers.time.increase(4_000);
    await s.f.networkHelpers.mine();
    const ask = async (method: string, ...given: unknown[]): Promise<unknown> =>
      await s.f.ethers.provider.send(method, given);
    const pending = async (): Promise<string[]> =>
      ((await ask("eth_pendingTransactions")) as { hash: string }[]).map(({ hash }) => hash);
    await ask("evm_setAutomine", false);
    try {
      await s.mdms.turn();
      await s.mdms.turn();
      const [lost, ...more] = await pending();
      expect(more).to.deep.equal([]);
      await ask("hardhat_dropTransaction", lost);
      await s.mdms.turn();
      expect(await pending()).to.have.lengthOf(1);
    } finally {
      await ask("evm_setAutomine", true);
    }
    await s.f.networkHelpers.mine();
    await s.mdms.turn();
    expect(s.epochs.at(-1)!.epoch).to.equal(2);
    await s.f.metering.submit(packReports([report(s, one, 1)]));
    expect(await s.mdms.turn()).to.include({ opened: 1 });
    await s.database.close();
  });

  it("does not open an epoch again whose opening comes into a block while it looks", async () => {
    const s = await start({ epochSeconds: 7_200 });
    await s.f.networkHelpers.time.increase(4_000);
    await s.f.networkHelpers.mine();
    const { provider } = s.f.ethers;
    await provider.send("evm_setAutomine", [false]);
    try {
      await s.mdms.turn();
      const signer = changed<Signer>(s.f.stranger, {
        getNonce: async (tag) => {
          await s.f.networkHelpers.mine();
          return await s.f.stranger.getNonce(tag);
        },
      });
      const looking = await s.open(undefined, undefined, { signer });
      expect(await failure(looking.mdms.turn())).to.equal(undefined);
      await looking.database.close();
    } finally {
      await provider.send("evm_setAutomine", [true]);
    }
    expect(Number((await s.f.metering.epochs()).current)).to.equal(2);
    await s.database.close();
  });

  it("tells meters what is missing also where its account cannot pay for an epoch", async () => {
    const s = await start({ epochSeconds: 7_200 });
    const [one] = s.meters as [TestMeter];
    await s.f.networkHelpers.time.increase(4_000);
    await s.f.metering.submit(packReports([report(s, one, 2)]));
    const signer = changed<Signer>(s.f.stranger, {
      sendTransaction: () => Promise.reject(new Error("insufficient funds")),
    });
    const poor = await s.open(undefined, undefined, { signer });
    expect(String(await failure(poor.mdms.turn()))).to.include("insufficient funds");
    expect(s.gaps.at(-1)).to.deep.include({ meter: 1, missing: [s.since + HALF_HOUR] });
    await poor.database.close();
    await s.database.close();
  });

  it("holds a key for as long as it is patient, however many epochs are over since", async () => {
    const s = await start({ epochSeconds: 7_200, patienceSeconds: 10 * DAY });
    const [one] = s.meters as [TestMeter];
    await s.database.run("DELETE FROM installations");
    await s.f.metering.submit(packReports([report(s, one, 1)]));
    for (let epoch = 0; epoch < 4; epoch++) {
      await s.f.networkHelpers.time.increase(7_300);
      await s.f.networkHelpers.mine();
      await s.mdms.turn();
    }
    expect(s.epochs.at(-1)!.epoch).to.be.at.least(4);
    await installMeter(s.database, 1, "P1", s.since);
    expect(await s.mdms.turn()).to.include({ opened: 1 });
    await s.database.close();
  });

  it("works beside another instance: each report is stored and opened once", async () => {
    const s = await start();
    const other = await s.open();
    const [one, two] = s.meters as [TestMeter, TestMeter];
    let opened = 0;
    for (let n = 1; n <= 4; n++) {
      await s.f.metering.submit(packReports([report(s, one, n), report(s, two, n)]));
      const turns = await Promise.all([s.mdms.turn(), other.mdms.turn()]);
      opened += turns.reduce((sum, turn) => sum + turn.opened, 0);
    }
    const last = await Promise.all([s.mdms.turn(), other.mdms.turn()]);
    opened += last.reduce((sum, turn) => sum + turn.opened, 0);
    expect(opened).to.equal(8);
    expect(await countReports(s.database)).to.deep.equal({ opened: 8 });
    await other.database.close();
    await s.database.close();
  });

  it("goes on wherever it was killed", async () => {
    const s = await start();
    const [one, two] = s.meters as [TestMeter, TestMeter];
    await s.f.metering.submit(packReports([report(s, one, 1), report(s, two, 1)]));
    // Dies at the k-th call of the database, for every k until a turn gets through.
    for (let k = 1, through = false; !through; k++) {
      const { database, mdms } = await s.open(undefined, (whole) => dyingAfter(whole, k));
      through = await mdms.turn().then(
        () => true,
        () => false,
      );
      await database.close();
      expect(k).to.be.lessThan(100);
    }
    expect(await countReports(s.database)).to.deep.equal({ opened: 2 });
    await s.database.close();
  });

  it("destroys an epoch's key once it is over and released, and what it holds then opens nothing of it (F1)", async () => {
    const s = await start({ epochSeconds: 7_200, overlapSeconds: 3_600 });
    const [one] = s.meters as [TestMeter];
    const sealed = report(s, one, 1);
    await s.f.metering.submit(packReports([sealed]));
    await s.mdms.turn();
    await s.f.networkHelpers.time.increase(4_000);
    await s.f.networkHelpers.mine();
    await s.mdms.turn();
    expect(s.epochs.map(({ epoch }) => epoch)).to.deep.equal([1, 2]);
    // The overlap of the contract lasts an hour: the old key is held until it is over.
    expect(MdmsKeystore.open(s.keystore.path, "p").epochs()).to.deep.equal([1, 2]);
    await s.f.networkHelpers.time.increase(3_700);
    await s.f.networkHelpers.mine();
    await s.mdms.turn();
    expect(MdmsKeystore.open(s.keystore.path, "p").epochs()).not.to.include(1);
    await s.database.close();
  });

  it("says of a report that was not sealed to its key that it cannot be read, and goes on", async () => {
    const s = await start();
    const [one, two] = s.meters as [TestMeter, TestMeter];
    const stranger = { ...s.epochs.at(-1)!, publicKey: Wallet.createRandom().publicKey };
    const wrong = report({ ...s, epochs: [stranger] }, one, 1);
    await s.f.metering.submit(packReports([wrong, report(s, two, 1)]));
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(line) });
    const told = await s.open(undefined, undefined, { logger });
    expect(await told.mdms.turn()).to.include({ stored: 2, opened: 1, unreadable: 1 });
    const rows = await s.database.all<{ reason: string }>(
      "SELECT reason FROM reports WHERE state = 'unreadable'",
    );
    expect(rows[0]!.reason).to.contain("undecryptable");
    const warned = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ reports }) => reports !== undefined);
    expect(warned).to.have.lengthOf(1);
    expect(warned[0]).to.include({ reports: 1, meter: one.meter, tau: s.since + HALF_HOUR });
    expect(warned[0]!["reason"]).to.equal(rows[0]!.reason);
    await told.database.close();
    await s.database.close();
  });

  it("finds a node out that makes reports up", async () => {
    const s = await start();
    const [one, two] = s.meters as [TestMeter, TestMeter];
    await s.f.metering.submit(packReports([report(s, one, 1)]));
    await openSessions(s.f, [two], 2);
    const lying: Provider = new Proxy<Provider>(s.provider, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name !== "getLogs") return typeof value === "function" ? value.bind(target) : value;
        return async (filter: Parameters<Provider["getLogs"]>[0]) =>
          (await target.getLogs(filter)).map((log) => {
            const own = packReports([report(s, one, 1)]);
            const forged = packReports([{ ...report(s, one, 1), meter: two.meter }]);
            const from = log.data.length - 2 - 2 * Math.ceil(own.length / 32) * 32;
            const data = `${log.data.slice(0, 2 + from)}${Buffer.from(forged).toString("hex")}${log.data.slice(2 + from + 2 * forged.length)}`;
            return Object.assign(Object.create(Object.getPrototypeOf(log) as object) as object, log, {
              data,
            });
          });
      },
    });
    const database = await openDatabase(join(folder, "lied-to.sqlite"));
    await installMeter(database, 2, "P2", s.since);
    const mdms = new Mdms(
      {
        database,
        keystore: MdmsKeystore.open(s.keystore.path, "p"),
        metering: s.f.anyone,
        signer: s.f.stranger,
        domain: s.f.domain,
        source: {
          provider: lying,
          metering: s.f.address,
          fromBlock: 0,
          rangeBlocks: 1_000,
          finality: instantFinality(s.provider),
        },
        logger: pino({ level: "silent" }),
      },
      TERMS,
      { epoch: () => undefined, gaps: () => undefined },
    );
    expect(await mdms.turn()).to.include({ opened: 0, unreadable: 1 });
    await database.close();
    await s.database.close();
  });
});

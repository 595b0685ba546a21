import { join } from "node:path";
import { expect } from "chai";
import { hexlify, Wallet } from "ethers";
import { describe, it } from "mocha";
import { pino } from "pino";
import { providerAccess } from "../../../workers/chain/sending/providerAccess.js";
import { Sender } from "../../../workers/chain/sending/sender.js";
import { instantFinality } from "../../../workers/finality/instantFinality.js";
import type { Finality } from "../../../workers/finality/types.js";
import { Concentrator } from "../../../workers/metering/concentrator/concentrator.js";
import { NotConcentratorError } from "../../../workers/metering/concentrator/errors.js";
import { queueMigrations } from "../../../workers/metering/concentrator/queue/queueTables.js";
import type { ConcentratorTerms } from "../../../workers/metering/concentrator/types.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../../workers/metering/keys/sessionRequest.js";
import type { Ack } from "../../../workers/metering/messages/ack.js";
import { encodeRequest } from "../../../workers/metering/messages/request.js";
import { encodeReport } from "../../../workers/metering/report/encodeReport.js";
import { openStore } from "../../../workers/store/openStore.js";
import {
  type Deployed,
  deployMetering,
  flipped,
  openSessions,
  reportOf,
  rules,
  sessionKeyOf,
  startMdms,
  startMeters,
  testMeter,
  type TestMeter,
} from "../../contracts/metering/meteringFixture.js";
import { canLimitFiles, limitFiles } from "../../support/faults/fileSizeLimit.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

const HALF_HOUR = rules.intervalSeconds;
const DAY_OF_INTERVALS = 48 * HALF_HOUR;
const TERMS: ConcentratorTerms = {
  batchReports: 50,
  batchSeconds: 0,
  batchGas: 12_000_000,
  mostQueued: 1_000,
  confirmations: 0,
};

/** Turns until nothing is left to do. */
async function settle(concentrator: Concentrator): Promise<void> {
  for (let quiet = 0; quiet < 2;) quiet = (await concentrator.turn()) ? 0 : quiet + 1;
}

const verdicts = (told: readonly { meter: number; ack: Ack }[]): string[] =>
  told.map(({ meter, ack }) =>
    [meter, ack.verdict, ack.reason].filter((part) => part !== undefined).join(" "),
  );
const bytes = (f: Deployed, meter: TestMeter, time: number): Uint8Array =>
  encodeReport(reportOf(f, meter, time));

describe("a concentrator on a chain", () => {
  const folder = temporaryFolder();
  let made = 0;

  /** Metering with an MDMS and three meters, and a concentrator in front of it. */
  async function start(terms: Partial<ConcentratorTerms> = {}) {
    const f = await deployMetering();
    await startMdms(f);
    const since = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR - 100 * HALF_HOUR;
    const meters = await startMeters(f, 3, since);
    const where = join(folder, `queue-${made++}.sqlite`);
    // A key of its own: the network's accounts do not sign by themselves.
    const wallet = new Wallet(hexlify(sessionKeyOf(9_999).privateKey));
    await f.stranger.sendTransaction({ to: wallet.address, value: 10n ** 18n });
    await f.utility.appointConcentrator(wallet.address);
    const clock = { now: await f.now() };
    const told: { meter: number; ack: Ack }[] = [];
    const open = (finality: Finality = instantFinality(f.ethers.provider)) => {
      const store = openStore(where, { migrations: queueMigrations });
      const { provider } = f.ethers;
      const sender = new Sender({
        store,
        chain: providerAccess(provider),
        account: wallet.address,
        sign: async (transaction) => await wallet.signTransaction({ ...transaction, from: wallet.address }),
        now: () => clock.now,
        logger: pino({ level: "silent" }),
        settings: {
          chainId: f.domain.chainId,
          maxInFlight: 16,
          stuckBlocks: 5,
          fees: { price: undefined, cap: 10n ** 12n },
        },
        finality,
      });
      const concentrator = new Concentrator(
        {
          store,
          sender,
          account: wallet.address,
          provider,
          metering: f.anyone,
          domain: f.domain,
          finality,
          tell: (meter, ack) => void told.push({ meter, ack }),
          now: () => clock.now,
          logger: pino({ level: "silent" }),
        },
        { ...TERMS, ...terms },
      );
      return { store, concentrator };
    };
    return { f, meters, since, wallet, clock, told, open, ...open() };
  }

  it("brings reports to the chain many at a time, and says included, then final", async () => {
    const s = await start();
    const time = s.since + 100 * HALF_HOUR;
    for (const meter of s.meters) s.concentrator.receive("report", meter.meter, bytes(s.f, meter, time));
    await settle(s.concentrator);
    expect(verdicts(s.told)).to.deep.equal([
      "1 included",
      "2 included",
      "3 included",
      "1 final",
      "2 final",
      "3 final",
    ]);
    expect(s.concentrator.counts).to.include({ accepted: 3, final: 3, batches: 1 });
    expect(s.concentrator.length).to.deep.equal({ waiting: 0, underWay: 0, oldest: undefined });
    s.store.close();
  });

  it("enrols a meter: registration and session", async () => {
    const s = await start();
    const meter = testMeter(4);
    await s.f.utility.storeIdentities([meter.hid]);
    const request = registrationRequest(s.f.domain, meter.saltedId, meter.identityKey, s.since);
    s.concentrator.receive("request", 4, Buffer.from(encodeRequest({ kind: "registration", request })));
    await settle(s.concentrator);
    const validUntil = (await s.f.now()) + rules.sessionSeconds;
    const open = (sequence: number): Buffer =>
      Buffer.from(
        encodeRequest({
          kind: "session",
          request: sessionRequest(
            s.f.domain,
            { meter: 4, sequence, validUntil },
            meter.identityKey,
            sessionKeyOf(4, sequence),
          ),
        }),
      );
    s.concentrator.receive("request", 4, open(1));
    await settle(s.concentrator);
    expect(verdicts(s.told)).to.deep.equal(["4 included", "4 final", "4 included", "4 final"]);
    s.told.length = 0;
    s.concentrator.receive("request", 4, open(7));
    s.concentrator.receive("request", 4, Buffer.from("rubbish"));
    await settle(s.concentrator);
    expect(verdicts(s.told)).to.deep.equal(["4 refused WrongSequence:2"]);
    s.concentrator.receive("report", 4, bytes(s.f, meter, s.since + 99 * HALF_HOUR));
    await settle(s.concentrator);
    expect(verdicts(s.told).slice(1)).to.deep.equal(["4 included", "4 final"]);
    s.store.close();
  });

  it("refuses by name what the chain would skip, and spends no gas on it", async () => {
    const s = await start();
    const [one, two] = s.meters as [TestMeter, TestMeter];
    const time = s.since + 99 * HALF_HOUR;
    const good = reportOf(s.f, one, time);
    s.concentrator.receive("report", 1, flipped(good, 94 * 8 + 9));
    s.concentrator.receive("report", 1, flipped(good, 70 * 8));
    s.concentrator.receive("report", 2, encodeReport(good));
    s.concentrator.receive("report", 1, encodeReport(reportOf(s.f, one, time, { sequence: 5 })));
    s.concentrator.receive("report", 1, encodeReport(reportOf(s.f, one, time + 10 * DAY_OF_INTERVALS)));
    s.concentrator.receive("report", 1, encodeReport(good).subarray(0, 157));
    s.concentrator.receive("report", 1, new Uint8Array(400));
    s.concentrator.receive("report", 2, encodeReport(reportOf(s.f, two, time)).fill(0, 9, 42));
    await settle(s.concentrator);
    expect(s.concentrator.counts.batches).to.equal(0);
    expect(Object.fromEntries(s.concentrator.counts.refused)).to.include({
      "hash-mismatch": 1,
      "other-meter": 1,
      Future: 1,
      "wrong-length": 1,
      oversize: 1,
      "point-at-infinity": 1,
    });
    expect(s.told.every(({ ack }) => ack.verdict === "refused")).to.equal(true);
    s.store.close();
  });

  it("takes what left the window by a backfill, and says of what the chain holds that it is stored", async () => {
    const s = await start();
    const [one] = s.meters as [TestMeter];
    const at = (n: number): number => s.since + n * HALF_HOUR;
    for (const n of [100, 10, 100]) {
      s.concentrator.receive("report", 1, bytes(s.f, one, at(n)));
      await settle(s.concentrator);
    }
    expect(
      s.told.map(({ ack }) => [
        ack.about.kind === "report" && (ack.about.time - s.since) / HALF_HOUR,
        ack.verdict,
      ]),
    ).to.deep.equal([
      [100, "included"],
      [100, "final"],
      [10, "included"],
      [10, "final"],
      [100, "final"],
    ]);
    s.store.close();
  });

  it("has meters wait when too much is in its queue", async () => {
    const s = await start({ mostQueued: 2 });
    for (let n = 1; n <= 4; n++)
      s.concentrator.receive("report", 1, bytes(s.f, s.meters[0]!, s.since + n * HALF_HOUR));
    expect(verdicts(s.told)).to.deep.equal(["1 busy", "1 busy"]);
    await settle(s.concentrator);
    expect(s.concentrator.counts).to.include({ accepted: 2, busy: 2 });
    s.store.close();
  });

  it("goes on from its queue after a kill", async () => {
    const s = await start({ batchSeconds: 1_000_000 });
    for (const meter of s.meters)
      s.concentrator.receive("report", meter.meter, bytes(s.f, meter, s.since + 50 * HALF_HOUR));
    await s.concentrator.turn();
    expect(s.concentrator.length.waiting).to.equal(3);
    s.store.close();
    const again = s.open();
    for (const meter of s.meters)
      again.concentrator.receive("report", meter.meter, bytes(s.f, meter, s.since + 50 * HALF_HOUR));
    await again.concentrator.turn();
    expect(again.concentrator.length.waiting).to.equal(3);
    again.store.close();
  });

  it("fails turn after turn while its disk takes nothing, and has with room all that it heard", async function () {
    this.timeout(120_000);
    if (!(await canLimitFiles())) this.skip();
    const s = await start();
    const [one, two] = s.meters as [TestMeter, TestMeter];
    await limitFiles(process.pid, 0);
    try {
      s.concentrator.receive("report", one.meter, bytes(s.f, one, s.since + 50 * HALF_HOUR));
      s.concentrator.receive("report", two.meter, new Uint8Array(3));
      for (let again = 0; again < 3; again++) {
        const error = await s.concentrator.turn().catch((caught: unknown) => caught);
        expect(String(error)).to.match(/disk|I\/O/u);
      }
      expect(s.told).to.deep.equal([]);
      expect(s.concentrator.counts.refused.size).to.equal(0);
    } finally {
      await limitFiles(process.pid, undefined);
    }
    await settle(s.concentrator);
    expect(verdicts(s.told)).to.deep.equal(["1 included", "1 final"]);
    expect(Object.fromEntries(s.concentrator.counts.refused)).to.deep.equal({ "wrong-length": 1 });
    s.store.close();
  });

  it("waits, and spends nothing, while the contract takes nothing from its account", async () => {
    const s = await start();
    const [one] = s.meters as [TestMeter];
    const report = bytes(s.f, one, s.since + 50 * HALF_HOUR);
    const substitute = Wallet.createRandom().address;
    await s.f.utility.replaceConcentrator(s.wallet.address, substitute);
    s.concentrator.receive("report", one.meter, report);
    const before = await s.f.ethers.provider.getTransactionCount(s.wallet.address);
    for (let again = 0; again < 3; again++) {
      const error = await s.concentrator.turn().catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(NotConcentratorError);
    }
    expect(s.concentrator.length).to.include({ waiting: 1, underWay: 0 });
    expect(await s.f.ethers.provider.getTransactionCount(s.wallet.address)).to.equal(before);
    await s.f.utility.appointConcentrator(s.wallet.address);
    await settle(s.concentrator);
    expect(verdicts(s.told)).to.deep.equal(["1 included", "1 final"]);
    s.store.close();
  });

  it("holds up nothing where its clock is set back", async () => {
    const s = await start({ batchSeconds: 60 });
    const [one, two] = s.meters as [TestMeter, TestMeter];
    s.clock.now += 1_200;
    const at = s.since + 50 * HALF_HOUR;
    s.concentrator.receive("report", one.meter, bytes(s.f, one, at));
    s.concentrator.receive("report", two.meter, bytes(s.f, two, at));
    await settle(s.concentrator);
    expect(s.concentrator.length.waiting).to.equal(2);
    s.clock.now -= 1_200;
    // A session of which nothing was known when the contract was asked last.
    await openSessions(s.f, [two], 2);
    const next = reportOf(s.f, two, at + HALF_HOUR, { sequence: 2 });
    s.concentrator.receive("report", two.meter, encodeReport(next));
    await settle(s.concentrator);
    s.clock.now += 61;
    await settle(s.concentrator);
    expect(verdicts(s.told)).to.include.members(["1 final", "2 final"]);
    expect(s.concentrator.counts).to.deep.include({ final: 3, refused: new Map() });
    s.store.close();
  });

  it("says anew what a lost block said", async () => {
    const s = await start();
    const never: Finality = { latest: async () => undefined, isFinal: async () => false };
    s.store.close();
    const { store, concentrator } = s.open(never);
    const snapshot = await s.f.networkHelpers.takeSnapshot();
    concentrator.receive("report", 1, bytes(s.f, s.meters[0]!, s.since + 60 * HALF_HOUR));
    await settle(concentrator);
    expect(verdicts(s.told)).to.deep.equal(["1 included"]);
    await snapshot.restore();
    await s.f.networkHelpers.mine(3);
    await settle(concentrator);
    expect(verdicts(s.told)).to.deep.equal(["1 included", "1 included"]);
    expect(concentrator.counts.final).to.equal(0);
    store.close();
  });
});

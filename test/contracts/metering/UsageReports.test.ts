import { expect } from "chai";
import { hexlify } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { SKIP_REASONS, STANDINGS } from "../../../workers/metering/chain/reasons.js";
import { readReports } from "../../../workers/metering/chain/reportEvents.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import { sessionsRevocation } from "../../../workers/metering/keys/revocations.js";
import { checkReport } from "../../../workers/metering/report/checkReport.js";
import { encodeReport } from "../../../workers/metering/report/encodeReport.js";
import { LAYOUT } from "../../../workers/metering/report/layout.js";
import { openUsage } from "../../../workers/metering/report/openUsage.js";
import { packReports } from "../../../workers/metering/report/packReports.js";
import type { UsageReport } from "../../../workers/metering/report/types.js";
import { readDoc } from "../../docs/readDoc.js";
import { refusal } from "../measurement/ledgerFixture.js";
import {
  type Deployed,
  deployMetering,
  epochKeysOf,
  flipped,
  openEpoch,
  openSessions,
  outcome,
  reportOf,
  rules,
  sessionKeyOf,
  startMdms,
  startMeters,
  type TestMeter,
  testMeter,
} from "./meteringFixture.js";

const HALF_HOUR = 1_800;

/** The names under which a report is skipped with this bit flipped. */
function allowed(bit: number): string[] {
  const byte = bit >> 3;
  if (byte < LAYOUT.time.at) return ["Unknown", "BadSignature"];
  if (byte < LAYOUT.epoch.at) return ["Misaligned", "Future", "BeforeStart", "BadSignature"];
  if (byte < LAYOUT.ephemeralKey.at) return ["WrongEpoch"];
  return byte < LAYOUT.signature.at ? ["HashMismatch"] : ["BadSignature"];
}

/** The bytes of a report that is signed for τ = 0, which nothing of ours encodes. */
function atZero(report: UsageReport): Uint8Array {
  const bytes = encodeReport({ ...report, time: HALF_HOUR });
  bytes.fill(0, LAYOUT.time.at, LAYOUT.epoch.at);
  return bytes;
}

describe("usage reports", () => {
  let f: Deployed;
  let meters: TestMeter[];
  let first: TestMeter;
  /** Where the meters begin to count. */
  let since: number;
  let restore: () => Promise<void>;

  before(async () => {
    f = await deployMetering();
    await startMdms(f);
    since = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR - 100 * HALF_HOUR;
    meters = await startMeters(f, 4, since);
    first = meters[0]!;
    const snapshot = await f.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  /** The end of the meters' n-th interval. */
  const end = (n: number): number => since + n * HALF_HOUR;
  const reason = async (...reports: Parameters<typeof outcome>[1]) => (await outcome(f, reports)).reasons;
  const standing = async (n: number): Promise<string> =>
    STANDINGS[Number(await f.metering.standingOf(1, end(n)))]!;

  it("are named as the contract's enums name the reasons", () => {
    for (const [file, name, names] of [
      ["IUsageReports", "Skip", SKIP_REASONS],
      ["IUsageReports", "Standing", STANDINGS],
    ] as const) {
      const source = readDoc(`contracts/metering/${file}.sol`);
      const body = new RegExp(`enum ${name} \\{([^}]*)\\}`, "u").exec(source)![1]!;
      const listed = [...body.replaceAll(/\/\/\/.*/gu, "").matchAll(/\w+/gu)].map(([word]) => word);
      expect(listed).to.deep.equal([...names]);
    }
  });

  describe("given a batch", () => {
    it("takes every report, and gives each back from the chain alone", async () => {
      const reports = meters.map((meter, i) => reportOf(f, meter, end(1), { usageWh: 10 * i }));
      const { receipt } = await outcome(f, reports);
      const { accepted, skipped } = await readReports(
        f.ethers.provider,
        f.address,
        receipt.blockNumber,
        receipt.blockNumber,
      );
      expect(skipped).to.deep.equal([]);
      expect(accepted.map(({ report }) => report)).to.deep.equal(reports);
      accepted.forEach(({ report, bytes, concentrator }, i) => {
        expect(concentrator).to.equal(f.concentrator.address);
        expect(hexlify(bytes)).to.equal(hexlify(encodeReport(reports[i]!)));
        expect(checkReport(f.domain, report)).to.be.a("string");
        const secret = { epoch: 1, privateKey: epochKeysOf(1).privateKey };
        const opened = openUsage(f.domain, meters[i]!.hid, report, secret);
        expect(opened).to.deep.equal({ usageWh: 10 * i, registerRestWh: 1_000_000 % 65_536 });
      });
    });

    it("skips what is wrong and takes the rest", async () => {
      const good = meters.map((meter) => reportOf(f, meter, end(1)));
      const { reasons, accepted } = await outcome(f, [
        good[0]!,
        reportOf(f, testMeter(99), end(1)),
        good[1]!,
        flipped(good[2]!, LAYOUT.signature.at * 8),
        good[0]!,
        good[3]!,
        flipped(good[2]!, LAYOUT.tag.at * 8),
        good[2]!,
      ]);
      expect(reasons).to.deep.equal([
        "None",
        "Unknown",
        "None",
        "BadSignature",
        "Duplicate",
        "None",
        "HashMismatch",
        "None",
      ]);
      expect(accepted.map(({ report }) => report.meter)).to.deep.equal([1, 2, 4, 3]);
    });

    it("emits no event of reports where all are wrong", async () => {
      const { accepted, skipped } = await outcome(f, [reportOf(f, testMeter(99), end(1))]);
      expect(accepted).to.deep.equal([]);
      expect(skipped.map(({ meter, time }) => [meter, time])).to.deep.equal([[99, end(1)]]);
    });

    it("is refused whole from anybody else, or with a part of a report, or empty", async () => {
      const batch = packReports([reportOf(f, first, end(1))]);
      for (const sender of [f.anyone, f.utility, f.metering.connect(f.otherConcentrator)]) {
        expect((await refusal(sender.submit(batch))).name).to.equal("MeteringNotConcentrator");
        expect((await refusal(sender.backfill(batch))).name).to.equal("MeteringNotConcentrator");
      }
      for (const bytes of [new Uint8Array(0), batch.subarray(1), Uint8Array.of(...batch, 0)]) {
        expect((await refusal(f.metering.submit(bytes))).name).to.equal("MeteringBadBatch");
      }
    });

    it("can come from any concentrator, in place of the one that failed", async () => {
      await f.utility.replaceConcentrator(f.concentrator.address, f.otherConcentrator.address);
      const batch = packReports([reportOf(f, first, end(1))]);
      expect((await refusal(f.metering.submit(batch))).name).to.equal("MeteringNotConcentrator");
      await f.metering.connect(f.otherConcentrator).submit(batch);
      expect(await standing(1)).to.equal("Accepted");
    });
  });

  describe("when a report is attacked", () => {
    it("is skipped by name with any of its 1,264 bits flipped, and still taken afterwards", async () => {
      const report = reportOf(f, first, end(40));
      const bits = Array.from({ length: 158 * 8 }, (_, bit) => bit);
      const { reasons, accepted } = await outcome(
        f,
        bits.map((bit) => flipped(report, bit)),
      );
      expect(accepted).to.deep.equal([]);
      reasons.forEach((name, bit) => expect(name, `bit ${bit}`).to.be.oneOf(allowed(bit)));
      expect(await reason(report)).to.deep.equal(["None"]);
    });

    it("does not hold for another chain, contract or meter", async () => {
      const other = await f.ethers.deployContract("Metering", [await f.consortium.getAddress(), 1, rules]);
      expect(
        await reason(
          reportOf(f, first, end(1), { domain: { ...f.domain, chainId: f.domain.chainId + 1n } }),
          reportOf(f, first, end(1), { domain: { ...f.domain, metering: await other.getAddress() } }),
          // Meter 2 signs, and says that it is meter 1.
          { ...reportOf(f, meters[1]!, end(1)), meter: 1 },
        ),
      ).to.deep.equal(["BadSignature", "BadSignature", "BadSignature"]);
    });

    it("is taken once, in this batch or a later one, from this concentrator or another", async () => {
      const report = reportOf(f, first, end(1));
      expect(await reason(report, report)).to.deep.equal(["None", "Duplicate"]);
      // The same interval encrypted and signed afresh.
      expect(await reason(report, reportOf(f, first, end(1)))).to.deep.equal(["Duplicate", "Duplicate"]);
      await f.utility.appointConcentrator(f.otherConcentrator.address);
      const again = await outcome({ metering: f.metering.connect(f.otherConcentrator) }, [report]);
      expect(again.reasons).to.deep.equal(["Duplicate"]);
      expect((await outcome(f, [report], "backfill")).reasons).to.deep.equal(["Duplicate"]);
    });
  });

  describe("given its time", () => {
    it("is taken up to 120 s ahead of the block", async () => {
      const coming = end(101);
      await f.networkHelpers.time.increaseTo(coming - 122);
      const report = reportOf(f, first, coming);
      await f.networkHelpers.time.setNextBlockTimestamp(coming - 121);
      expect(await reason(report)).to.deep.equal(["Future"]);
      await f.networkHelpers.time.setNextBlockTimestamp(coming - 120);
      expect(await reason(report)).to.deep.equal(["None"]);
    });

    it("is a multiple of the interval's length, and after the meter's start", async () => {
      expect(
        await reason(
          reportOf(f, first, end(1) + 1),
          reportOf(f, first, end(1) - 1),
          reportOf(f, first, end(0)),
          reportOf(f, first, end(-50)),
          reportOf(f, first, HALF_HOUR),
        ),
      ).to.deep.equal(["Misaligned", "Misaligned", "BeforeStart", "BeforeStart", "BeforeStart"]);
      const late = await outcome(f, [reportOf(f, first, end(0)), reportOf(f, first, end(-50))], "backfill");
      expect(late.reasons).to.deep.equal(["BeforeStart", "BeforeStart"]);
    });

    it("is not 1970: no backfill finds an interval 0, whether the meter missed intervals or not", async () => {
      const epochZero = atZero(reportOf(f, first, 0));
      expect(await reason(epochZero)).to.deep.equal(["BeforeStart"]);
      await outcome(f, [reportOf(f, first, end(1))]);
      expect((await outcome(f, [epochZero], "backfill")).reasons).to.deep.equal(["BeforeStart"]);
      // With a hole behind it.
      await outcome(f, [reportOf(f, first, end(90))]);
      expect((await outcome(f, [epochZero], "backfill")).reasons).to.deep.equal(["BeforeStart"]);
      expect(STANDINGS[Number(await f.metering.standingOf(1, 0))]).to.equal("None");
    });

    it("begins at 1970 at the earliest: interval 1 is the first of a meter that counts from there", async () => {
      const old = testMeter(5);
      await f.utility.storeIdentities([old.hid]);
      await f.metering.registerMeters([registrationRequest(f.domain, old.saltedId, old.identityKey, 0)]);
      await openSessions(f, [old], 1);
      const times = [0, HALF_HOUR, end(1), 0, HALF_HOUR, 2 * HALF_HOUR];
      const reports = times.map((time) =>
        time === 0 ? atZero(reportOf(f, old, 0)) : reportOf(f, old, time),
      );
      const [zero, one, now] = reports;
      expect(await reason(zero!, one!, now!, zero!, one!)).to.deep.equal([
        "BeforeStart",
        "None",
        "None",
        "BeforeStart",
        "Stale",
      ]);
      const late = await outcome(f, reports, "backfill");
      expect(late.reasons).to.deep.equal([
        "BeforeStart",
        "Duplicate",
        "Duplicate",
        "BeforeStart",
        "Duplicate",
        "None",
      ]);
    });

    it("is open for 32 intervals behind the newest, and waits for a backfill after that", async () => {
      expect(await reason(reportOf(f, first, end(40)))).to.deep.equal(["None"]);
      expect(await reason(reportOf(f, first, end(8)), reportOf(f, first, end(7)))).to.deep.equal([
        "None",
        "Stale",
      ]);
      expect([await standing(8), await standing(9), await standing(7), await standing(41)]).to.deep.equal([
        "Accepted",
        "Open",
        "Missing",
        "Open",
      ]);
      const backfilled = await outcome(
        f,
        [9, 7, 7, 8, 41, 1].map((n) => reportOf(f, first, end(n))),
        "backfill",
      );
      expect(backfilled.reasons).to.deep.equal([
        "Recent",
        "None",
        "Duplicate",
        "Duplicate",
        "Recent",
        "None",
      ]);
      expect(backfilled.accepted).to.have.length(2);
      expect([await standing(7), await standing(2)]).to.deep.equal(["Accepted", "Missing"]);
    });

    it("costs no more after a silence of any length", async () => {
      const { networkHelpers } = f;
      await networkHelpers.time.increase(20 * 365 * 86_400);
      await openSessions(f, [first], 2);
      await openEpoch(f, 2, 86_400);
      const late = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR;
      const change = { sequence: 2, epoch: 2 };
      const { reasons, receipt } = await outcome(f, [reportOf(f, first, late, change)]);
      expect(reasons).to.deep.equal(["None"]);
      expect(Number(receipt.gasUsed)).to.be.below(120_000);
      const between = late - 1_000 * HALF_HOUR;
      const backfilled = await outcome(
        f,
        [between, end(1), between].map((time) => reportOf(f, first, time, change)),
        "backfill",
      );
      expect(backfilled.reasons).to.deep.equal(["None", "None", "Duplicate"]);
    });
  });

  describe("given the session", () => {
    it("holds to its last second, and is named as over after it", async () => {
      const until = Number((await f.metering.meterAt(1)).keyUntil);
      await f.networkHelpers.time.setNextBlockTimestamp(until);
      expect(await reason(reportOf(f, first, end(1)))).to.deep.equal(["None"]);
      await f.networkHelpers.time.setNextBlockTimestamp(until + 1);
      expect(await reason(reportOf(f, first, end(2)))).to.deep.equal(["Expired"]);
    });

    it("overlaps with the next for an hour, to the second", async () => {
      await openSessions(f, [first], 2);
      const opened = await f.now();
      expect(
        await reason(reportOf(f, first, end(1)), reportOf(f, first, end(2), { sequence: 2 })),
      ).to.deep.equal(["None", "None"]);
      await f.networkHelpers.time.setNextBlockTimestamp(opened + rules.overlapSeconds);
      expect(await reason(reportOf(f, first, end(3)))).to.deep.equal(["None"]);
      await f.networkHelpers.time.setNextBlockTimestamp(opened + rules.overlapSeconds + 1);
      expect(
        await reason(reportOf(f, first, end(4)), reportOf(f, first, end(4), { sequence: 2 })),
      ).to.deep.equal(["Expired", "None"]);
    });

    it("ends before the overlap where it ends anyway", async () => {
      const until = Number((await f.metering.meterAt(1)).keyUntil);
      await f.networkHelpers.time.increaseTo(until - 600);
      await openSessions(f, [first], 2);
      await f.networkHelpers.time.setNextBlockTimestamp(until);
      expect(await reason(reportOf(f, first, end(1)))).to.deep.equal(["None"]);
      await f.networkHelpers.time.setNextBlockTimestamp(until + 1);
      expect(await reason(reportOf(f, first, end(2)))).to.deep.equal(["Expired"]);
    });

    it("ends at once where the utility or the meter revokes it, with the one before", async () => {
      await openSessions(f, [first, meters[1]!], 2);
      await f.utility.revokeSessions(1);
      const { r, vs } = sessionsRevocation(f.domain, 2, 2, meters[1]!.identityKey.privateKey);
      await f.anyone.revokeSessionsSigned(2, 2, r, vs);
      expect(
        await reason(
          reportOf(f, first, end(1)),
          reportOf(f, first, end(1), { sequence: 2 }),
          reportOf(f, meters[1]!, end(1)),
          reportOf(f, meters[1]!, end(1), { sequence: 2 }),
        ),
      ).to.deep.equal(["Revoked", "Revoked", "Revoked", "Revoked"]);
      await openSessions(f, [first], 3);
      expect(await reason(reportOf(f, first, end(1), { sequence: 3 }))).to.deep.equal(["None"]);
      // What was revoked has no overlap.
      expect(await reason(reportOf(f, first, end(2), { sequence: 2 }))).to.deep.equal(["Revoked"]);
    });

    it("is none before the first, and none of a meter that is revoked", async () => {
      const other = testMeter(5);
      await f.utility.storeIdentities([other.hid]);
      expect(await reason(reportOf(f, other, end(1)))).to.deep.equal(["Unknown"]);
      await f.utility.revokeMeter(1);
      expect(
        await reason(reportOf(f, first, end(1)), reportOf(f, first, end(1), { sequence: 7 })),
      ).to.deep.equal(["Revoked", "Revoked"]);
      await f.utility.revokeMeter(5);
      expect(await reason(reportOf(f, other, end(1)))).to.deep.equal(["Revoked"]);
    });

    it("is another meter's: nobody's", async () => {
      expect(await reason({ ...reportOf(f, first, end(1)), meter: 2 })).to.deep.equal(["BadSignature"]);
      expect(hexlify(sessionKeyOf(1).publicKey)).to.not.equal(hexlify(sessionKeyOf(2).publicKey));
    });
  });

  describe("given the epoch", () => {
    it("is the present one, or for an hour the one before", async () => {
      await openEpoch(f, 2, 86_400);
      const opened = await f.now();
      expect(
        await reason(
          reportOf(f, first, end(1)),
          reportOf(f, first, end(2), { epoch: 2 }),
          reportOf(f, first, end(3), { epoch: 3 }),
          reportOf(f, first, end(3), { epoch: 256 }),
        ),
      ).to.deep.equal(["None", "None", "WrongEpoch", "WrongEpoch"]);
      await f.networkHelpers.time.setNextBlockTimestamp(opened + rules.overlapSeconds);
      expect(await reason(reportOf(f, first, end(4)))).to.deep.equal(["None"]);
      await f.networkHelpers.time.setNextBlockTimestamp(opened + rules.overlapSeconds + 1);
      expect(await reason(reportOf(f, first, end(5)))).to.deep.equal(["WrongEpoch"]);
    });

    it("is none 256 later: a report that was held back so long is not taken as one to another key", async () => {
      await openSessions(f, [first], 2);
      const held = reportOf(f, first, end(1), { sequence: 2 });
      for (let epoch = 2; epoch <= 256; ++epoch) await openEpoch(f, epoch, 86_400);
      const refused = await refusal(openEpoch(f, 257, 200_000));
      expect(refused.name).to.equal("MeteringEpochTooSoon");
      // The first second at which it opens, and not the one before.
      const third = await f.metering.epochKey(3);
      const least = Number(third.from) + rules.sessionSeconds + 121;
      expect(refused.arguments).to.deep.equal({ epoch: "257", least: String(least) });
      await f.networkHelpers.time.setNextBlockTimestamp(least - 1);
      expect((await refusal(openEpoch(f, 257, 200_000))).name).to.equal("MeteringEpochTooSoon");
      await f.networkHelpers.time.setNextBlockTimestamp(least);
      await openEpoch(f, 257, 200_000);
      // Its byte is that of the present epoch, and its session is over.
      expect(await reason(held)).to.deep.equal(["Expired"]);
      await openSessions(f, [first], 3);
      expect(await reason(reportOf(f, first, end(1), { sequence: 3, epoch: 257 }))).to.deep.equal(["None"]);
    });

    it("is over at its end, or once it is revoked", async () => {
      await openEpoch(f, 2, 600);
      const { currentUntil } = await f.metering.epochs();
      await f.networkHelpers.time.setNextBlockTimestamp(Number(currentUntil));
      expect(await reason(reportOf(f, first, end(1), { epoch: 2 }))).to.deep.equal(["None"]);
      await f.networkHelpers.time.setNextBlockTimestamp(Number(currentUntil) + 1);
      expect(await reason(reportOf(f, first, end(2), { epoch: 2 }))).to.deep.equal(["WrongEpoch"]);
      await openEpoch(f, 3, 600);
      await f.utility.revokeEpoch(3);
      expect(await reason(reportOf(f, first, end(2), { epoch: 3 }))).to.deep.equal(["WrongEpoch"]);
    });
  });
});

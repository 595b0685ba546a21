import { expect } from "chai";
import * as fc from "fast-check";
import { concat, dataSlice, hexlify, toBeHex } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { parseReports } from "../../../workers/metering/chain/reportEvents.js";
import { epochOpening } from "../../../workers/metering/keys/epochOpening.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import {
  epochRevocation,
  meterRevocation,
  sessionsRevocation,
} from "../../../workers/metering/keys/revocations.js";
import { sessionRequest } from "../../../workers/metering/keys/sessionRequest.js";
import { encodeReport } from "../../../workers/metering/report/encodeReport.js";
import { LAYOUT, REPORT_BYTES } from "../../../workers/metering/report/layout.js";
import { packReports } from "../../../workers/metering/report/packReports.js";
import { refusal } from "../measurement/ledgerFixture.js";
import {
  type Deployed,
  deployMetering,
  epochKeysOf,
  mdmsIdentity,
  outcome,
  reportOf,
  rules,
  sessionKeyOf,
  startMdms,
  startMeters,
  type TestMeter,
  testMeter,
} from "./meteringFixture.js";

const HALF_HOUR = rules.intervalSeconds;
const WORD = 32;

/** Any number, and often one at an edge. */
const numberUpTo = (most: number) =>
  fc.oneof(fc.integer({ min: 0, max: most }), fc.constantFrom(0, 1, 2, most - 1, most, 2 ** 31, 2 ** 31 - 1));

describe("attacks on the metering contract", () => {
  let f: Deployed;
  let meters: TestMeter[];
  let since: number;
  let restore: () => Promise<void>;

  before(async () => {
    f = await deployMetering();
    await startMdms(f);
    since = Math.floor((await f.now()) / HALF_HOUR) * HALF_HOUR - 100 * HALF_HOUR;
    meters = await startMeters(f, 3, since);
    const snapshot = await f.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const end = (n: number): number => since + n * HALF_HOUR;

  describe("a batch", () => {
    it("goes through whatever lies between its good reports, and nothing of that is taken", async () => {
      const record = fc
        .tuple(
          fc.uint8Array({ minLength: REPORT_BYTES, maxLength: REPORT_BYTES }),
          fc.oneof(fc.constantFrom(1, 2, 3), numberUpTo(2 ** 32 - 1)),
          fc.oneof(
            fc.integer({ min: -200, max: 101 }).map((n) => end(n)),
            numberUpTo(2 ** 32 - 1),
          ),
          fc.boolean(),
        )
        .map(([bytes, meter, time, inEpoch]) => {
          const view = new DataView(bytes.buffer, bytes.byteOffset);
          view.setUint32(LAYOUT.meter.at, meter);
          view.setUint32(LAYOUT.time.at, time);
          if (inEpoch) bytes[LAYOUT.epoch.at] = 1;
          return bytes;
        });
      const call = fc.constantFrom("submit" as const, "backfill" as const);
      await fc.assert(
        fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 8 }), call, async (bad, by) => {
          await restore();
          // For a backfill: the intervals 1 to 7 have left the window.
          if (by === "backfill")
            await outcome(
              f,
              meters.map((meter) => reportOf(f, meter, end(40))),
            );
          const [first, second] = [reportOf(f, meters[0]!, end(1)), reportOf(f, meters[1]!, end(1))];
          const { accepted, skipped } = await outcome(f, [first, ...bad, second], by);
          expect(accepted.map(({ report }) => report.meter)).to.deep.equal([1, 2]);
          expect(skipped.map(({ index }) => index)).to.deep.equal(bad.map((_, i) => i + 1));
        }),
        { numRuns: 40 },
      );
    });

    it("is refused or taken whole, however little gas its concentrator gives it", async () => {
      const batch = packReports(meters.map((meter) => reportOf(f, meter, end(1))));
      const needed = Number(await f.metering.submit.estimateGas(batch));
      const outcomes = new Set<string>();
      for (let gasLimit = needed - 40_000; gasLimit < needed + 2_000; gasLimit += 173) {
        const taken = await f.metering.submit.staticCall(batch, { gasLimit }).catch(() => "refused");
        outcomes.add(String(taken));
      }
      expect([...outcomes].toSorted()).to.deep.equal(["3", "refused"]);
    });

    it("is what its length says: data that is cut off, hangs over, or lies elsewhere makes no other report", async () => {
      const report = hexlify(encodeReport(reportOf(f, meters[0]!, end(1))));
      const selector = f.metering.interface.getFunction("submit").selector;
      const word = (value: number): string => toBeHex(value, WORD);
      const send = async (...parts: string[]) => {
        const sent = await f.concentrator.sendTransaction({
          to: f.address,
          data: concat([selector, ...parts]),
        });
        return parseReports((await sent.wait())!.logs);
      };
      // One byte is missing at the end, the length is larger than what there is, or wraps.
      for (const parts of [
        [word(WORD), word(REPORT_BYTES), dataSlice(report, 0, REPORT_BYTES - 1)],
        [word(WORD), word(2 * REPORT_BYTES), report],
        [word(WORD), `0x${"ff".repeat(WORD)}`, report],
        [`0x${"ff".repeat(WORD)}`, word(REPORT_BYTES), report],
        [word(WORD), word(REPORT_BYTES)],
      ]) {
        const became = await send(...parts).then(
          () => "taken",
          () => "refused",
        );
        expect(became, concat(parts)).to.equal("refused");
      }
      const elsewhere = await send(
        word(3 * WORD),
        `0x${"ab".repeat(2 * WORD)}`,
        word(REPORT_BYTES),
        report,
        report,
        "0xab",
      );
      expect(elsewhere.accepted.map(({ bytes }) => hexlify(bytes))).to.deep.equal([report]);
      expect(elsewhere.skipped).to.deep.equal([]);
    });
  });

  describe("what was signed", () => {
    it("for another contract or chain opens no session, ends none, and ends no meter and no epoch", async () => {
      const other = await f.ethers.deployContract("Metering", [await f.consortium.getAddress(), 1, rules]);
      const validUntil = (await f.now()) + 3_600;
      for (const domain of [
        { ...f.domain, metering: await other.getAddress() },
        { ...f.domain, chainId: f.domain.chainId + 1n },
      ]) {
        const { identityKey } = meters[0]!;
        const request = sessionRequest(
          domain,
          { meter: 1, sequence: 2, validUntil },
          identityKey,
          sessionKeyOf(1, 2),
        );
        expect(await f.metering.openSessions.staticCall([request])).to.equal(0n);
        const sessions = sessionsRevocation(domain, 1, 1, identityKey.privateKey);
        const meter = meterRevocation(domain, 1, identityKey.privateKey);
        const epoch = epochRevocation(domain, 1, mdmsIdentity.privateKey);
        const opening = epochOpening(domain, 2, validUntil, mdmsIdentity, epochKeysOf(2));
        for (const call of [
          f.anyone.revokeSessionsSigned(1, 1, sessions.r, sessions.vs),
          f.anyone.revokeMeterSigned(1, meter.r, meter.vs),
          f.anyone.revokeEpochSigned(1, epoch.r, epoch.vs),
          f.anyone.openEpoch(
            2,
            opening.publicKey,
            opening.validUntil,
            opening.r,
            opening.vs,
            opening.keyR,
            opening.keyVs,
          ),
        ])
          expect((await refusal(call)).name).to.equal("MeteringBadSignature");
      }
    });

    it("to end one thing ends no other: a revocation of sessions is none of the meter or an epoch", async () => {
      const { identityKey } = meters[0]!;
      const sessions = sessionsRevocation(f.domain, 1, 1, identityKey.privateKey);
      const call = f.anyone.revokeMeterSigned(1, sessions.r, sessions.vs);
      expect((await refusal(call)).name).to.equal("MeteringBadSignature");
      const epoch = epochRevocation(f.domain, 1, identityKey.privateKey);
      expect((await refusal(f.anyone.revokeEpochSigned(1, epoch.r, epoch.vs))).name).to.equal(
        "MeteringBadSignature",
      );
      expect((await refusal(f.anyone.revokeSessionsSigned(1, 1, epoch.r, epoch.vs))).name).to.equal(
        "MeteringBadSignature",
      );
    });

    it("and is copied from the pool by another concentrator registers the same meter, by its own key", async () => {
      const fresh = testMeter(4);
      await f.utility.storeIdentities([fresh.hid]);
      await f.utility.appointConcentrator(f.otherConcentrator.address);
      const request = registrationRequest(f.domain, fresh.saltedId, fresh.identityKey, since);
      const copier = f.metering.connect(f.otherConcentrator);
      // Whatever it changes of what it copied is declined.
      for (const changed of [
        { ...request, since: since - HALF_HOUR },
        { ...request, identity: f.otherConcentrator.address },
      ])
        expect(await copier.registerMeters.staticCall([changed])).to.equal(0n);
      await copier.registerMeters([request]);
      await f.metering.registerMeters([request]);
      const { identity, since: from } = await f.metering.meterAt(4);
      expect([identity, Number(from)]).to.deep.equal([request.identity, since]);
    });
  });
});

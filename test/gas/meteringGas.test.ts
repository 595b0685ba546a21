import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { registrationRequest } from "../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../workers/metering/keys/sessionRequest.js";
import {
  deployMetering,
  outcome,
  reportOf,
  sessionKeyOf,
  startMdms,
  type TestMeter,
  testMeter,
} from "../contracts/metering/meteringFixture.js";

const file = new URL("../../snapshots/meteringGas.json", import.meta.url);
/** Gas that differs by less is noise of the zero bytes in calldata. */
const TOLERANCE = 0.004;
const BATCHES = [1, 10, 50, 100, 200] as const;
const METERS = 200;

/** The session that a meter opened last. */
function latest(meter: number): number {
  if (meter === 1) return 4;
  return meter <= 50 ? 3 : 1;
}

/**
 * Gas of household metering, all of a transaction counted. With GRIDPROOF_UPDATE_SNAPSHOTS=1 the snapshot is written anew.
 */
describe("gas of household metering", () => {
  const snapshot: Record<string, number> = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>)
    : {};
  const measured: Record<string, number> = {};

  async function each(
    name: string,
    count: number,
    call: () => Promise<{ wait(): Promise<{ readonly gasUsed: bigint } | null> }>,
  ): Promise<void> {
    const receipt = await (await call()).wait();
    measured[name] = Math.round(Number(receipt!.gasUsed) / count);
  }

  before(async () => {
    const f = await deployMetering();
    await startMdms(f);
    const time = Math.floor((await f.now()) / 1_800) * 1_800;
    const since = time - 100 * 1_800;
    const meters = Array.from({ length: METERS }, (_, i) => testMeter(i + 1));
    const fifties = [0, 50, 100, 150].map((start) => meters.slice(start, start + 50));
    for (const part of fifties) {
      await each(
        "storedIdentityOf50",
        50,
        async () => await f.utility.storeIdentities(part.map(({ hid }) => hid)),
      );
      await each("registrationOf50", 50, async () => {
        return await f.metering.registerMeters(
          part.map((meter) => registrationRequest(f.domain, meter.saltedId, meter.identityKey, since)),
        );
      });
    }
    const rotate = async (sequence: number, part: readonly TestMeter[]) => {
      const validUntil = (await f.now()) + 86_000;
      return await f.metering.openSessions(
        part.map(({ meter, identityKey }) =>
          sessionRequest(
            f.domain,
            { meter, sequence, validUntil },
            identityKey,
            sessionKeyOf(meter, sequence),
          ),
        ),
      );
    };
    for (const part of fifties) await each("firstSessionOf50", 50, async () => await rotate(1, part));
    await each("secondSessionOf50", 50, async () => await rotate(2, fifties[0]!));
    await each("rotationOf50", 50, async () => await rotate(3, fifties[0]!));
    await each("rotationAlone", 1, async () => await rotate(4, meters.slice(0, 1)));

    let at = since;
    const take = async (
      name: string,
      part: readonly TestMeter[],
      steps: number,
      { call = "submit", back = 0 }: { readonly call?: "submit" | "backfill"; readonly back?: number } = {},
    ) => {
      at += steps * 1_800;
      const reports = part.map((meter) => reportOf(f, meter, at, { sequence: latest(meter.meter) - back }));
      const { reasons, receipt } = await outcome(f, reports, call);
      expect(new Set(reasons), name).to.deep.equal(new Set(["None"]));
      measured[name] = Math.round(Number(receipt.gasUsed) / part.length);
    };
    // The largest first, so that nobody misses an interval.
    for (const size of BATCHES.toReversed()) await take(`reportOf${size}`, meters.slice(0, size), 1);
    at = since + 3 * 1_800;
    await take("reportOf40PreviousKey", meters.slice(10, 50), 1, { back: 1 });
    // These took part in the first batch alone.
    const fifty = fifties[3]!;
    at = since + 1_800;
    await take("reportOf50AfterOneMissed", fifty, 2);
    await take("reportOf50TheMissedLate", fifty, -1);
    await take("reportOf50AfterAnother", fifty, 3);
    await take("reportOf50ManyMissed", fifty, 31);
    await take("reportOf50LosingOne", fifty, 1);
    await take("reportOf50AfterLongSilence", fifty, 36);
    await take("backfillOf50", fifty, -36 + 1, { call: "backfill" });
  });

  after(() => {
    if (process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1") {
      writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    }
  });

  it("is as committed", () => {
    if (process.env.GRIDPROOF_UPDATE_SNAPSHOTS === "1") return;
    expect(Object.keys(measured)).to.have.members(Object.keys(snapshot));
    for (const [quantity, value] of Object.entries(measured)) {
      const change = Math.abs(value - snapshot[quantity]!) / snapshot[quantity]!;
      expect(change, `${quantity}: ${value}, committed ${snapshot[quantity]}`).to.be.at.most(TOLERANCE);
    }
  });

  it("is under 14,000 a report in batches of 50", () => {
    expect(measured.reportOf50).to.be.below(14_000);
  });
});

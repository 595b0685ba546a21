import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { encodeAck } from "../../workers/metering/messages/ack.js";
import { encodeEpoch } from "../../workers/metering/messages/epochMessage.js";
import { encodeGaps } from "../../workers/metering/messages/gapsMessage.js";
import { Fleet } from "../../workers/metering/meter/fleet.js";
import { FleetStore } from "../../workers/metering/meter/fleetStore.js";
import { MeterClock } from "../../workers/metering/meter/meterClock.js";
import { decodeReport } from "../../workers/metering/report/decodeReport.js";
import { rules, sessionKeyOf } from "../contracts/metering/meteringFixture.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { HALF_HOUR, meteringScene, openConcentrator } from "./meteringScene.js";

const INTERVALS = 90;
const METERS = 3;

const usage = (meter: number, n: number): number => 1_000 * meter + n;

/** A concentrator that is not there. */
const nobody = (): void => undefined;

/* Meters, two concentrators, the contract, the MDMS: the first concentrator does what it can to lose readings. */
describe("a concentrator that skips, delays and re-orders", function suite() {
  this.timeout(180_000);
  const folder = temporaryFolder();

  it("loses nothing for anyone: what it dropped another one brings, once the MDMS has said what is missing", async () => {
    const s = await meteringScene(folder, "lossless", METERS);
    const now = await s.f.now();
    const store = new FleetStore(join(folder, "meters.sqlite"), "p");
    for (const { meter, saltedId, identityKey } of s.meters) {
      store.saveMemory({
        meter,
        saltedId,
        identityKey: identityKey.privateKey,
        mdms: s.mdmsAddress,
        registered: true,
        since: s.since,
        registerWh: 0,
        lastTime: 0,
        session: {
          sequence: 1,
          privateKey: sessionKeyOf(meter).privateKey,
          validUntil: now + rules.sessionSeconds - 600,
          open: true,
        },
        nextSession: undefined,
        epoch: undefined,
      });
    }
    const terms = { ...rules, retrySeconds: 10, finalSeconds: 100_000, capacity: 1_000, window: 1_000 };
    // The time is that of the chain, and moves a little each turn.
    let clock = s.since + INTERVALS * HALF_HOUR + 1;
    const fleet = new Fleet(store, s.f.domain, terms, (meter, time) => {
      const n = (time - s.since) / HALF_HOUR;
      return n <= INTERVALS ? usage(meter, n) : undefined;
    });
    let carry: (meter: number, payload: Uint8Array) => void = nobody;
    for (const { meter } of s.meters) {
      const send = (topic: "report" | "request", payload: Uint8Array | string): void => {
        if (topic === "report") carry(meter, payload as Uint8Array);
      };
      fleet.add(meter, { connected: true, send }, new MeterClock(() => clock, 0, 0), s.since);
      fleet.hear(meter, "epoch", Buffer.from(encodeEpoch(s.epochs.at(-1)!)));
    }
    const speak = async (): Promise<void> => {
      await s.mdms.turn();
      for (const gaps of s.gaps.splice(0)) {
        const text = encodeGaps(s.f.domain, gaps, s.keystore.identity.privateKey);
        fleet.hear(gaps.meter, "gaps", Buffer.from(text));
      }
    };
    const wanted = (meter: number): Record<number, number> =>
      Object.fromEntries(Array.from({ length: INTERVALS }, (_, i) => [i + 1, usage(meter, i + 1)]));

    // The first concentrator says of all that it is final, and brings to the chain what it likes: the newest first, so that
    // old ones leave the window, of meter 1 every third, of meter 2 none but the last, of meter 3 all, twice, backwards.
    const first = await openConcentrator(s, folder, "first");
    const got: { meter: number; payload: Uint8Array }[] = [];
    carry = (meter, payload) => void got.push({ meter, payload });
    fleet.turn();
    expect(got).to.have.length(METERS * INTERVALS);
    for (const { meter, payload } of got) {
      const { time, hash } = decodeReport(payload);
      const about = { kind: "report" as const, time, hash: `0x${Buffer.from(hash).toString("hex")}` };
      fleet.hear(meter, "ack", Buffer.from(encodeAck({ now: clock, about, verdict: "final" })));
    }
    const number = (payload: Uint8Array): number => (decodeReport(payload).time - s.since) / HALF_HOUR;
    const brought = got
      .filter(({ meter, payload }) => {
        const n = number(payload);
        return meter === 1 ? n % 3 === 0 : meter === 2 ? n === INTERVALS : true;
      })
      .toReversed();
    for (const { meter, payload } of [...brought, ...brought.filter((one) => one.meter === 3)])
      first.concentrator.receive("report", meter, payload);
    await first.settle();
    await speak();
    expect(await s.stored("P3")).to.deep.equal(wanted(3));
    expect(Object.keys(await s.stored("P1"))).to.have.length(INTERVALS / 3);
    expect(Object.keys(await s.stored("P2"))).to.have.length(1);
    // The meters keep what the MDMS lacks, and nothing else, whatever the concentrator said.
    const kept = (meter: number): number[] =>
      store.readings(meter).map(({ time }) => (time - s.since) / HALF_HOUR);
    fleet.turn();
    expect(kept(1)).to.deep.equal(
      Array.from({ length: INTERVALS }, (_, i) => i + 1).filter((n) => n % 3 !== 0),
    );
    expect(kept(2)).to.have.length(INTERVALS - 1);
    expect(kept(3)).to.deep.equal([]);

    // Another concentrator, honest; the first is dismissed.
    await s.f.utility.dismissConcentrator(first.wallet.address);
    const second = await openConcentrator(s, folder, "second");
    second.hearers.push((meter, ack) => fleet.hear(meter, "ack", Buffer.from(encodeAck(ack))));
    carry = (meter, payload) => second.concentrator.receive("report", meter, payload);
    for (let round = 0; round < 10; round++) {
      clock += 11;
      fleet.turn();
      await second.settle();
      await speak();
    }
    for (const { meter } of s.meters) {
      expect(await s.stored(`P${meter}`)).to.deep.equal(wanted(meter));
      fleet.turn();
      expect(kept(meter)).to.deep.equal([]);
    }
    // Of meter 1's and 2's most had left the window: they came by backfill, each once.
    expect(second.concentrator.counts.accepted).to.equal((INTERVALS * 2) / 3 + INTERVALS - 1);
    for (const one of [first, second]) one.store.close();
    store.close();
    await s.database.close();
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { addressOfKey } from "../../../../workers/crypto/addressOfKey.js";
import { drawKeyPair, keyPairOf } from "../../../../workers/crypto/keyPair.js";
import { identityHash, saltedId } from "../../../../workers/metering/identityHash.js";
import { epochOpening } from "../../../../workers/metering/keys/epochOpening.js";
import { decodeAck, encodeAck } from "../../../../workers/metering/messages/ack.js";
import { decodeGaps, encodeGaps } from "../../../../workers/metering/messages/gapsMessage.js";
import {
  decodeRequest,
  encodeRequest,
  type MeterRequest,
} from "../../../../workers/metering/messages/request.js";
import type { BufferedReading, MeterMemory, MeterStore } from "../../../../workers/metering/meter/memory.js";
import {
  MeterDevice,
  type MeterTerms,
  type Outgoing,
} from "../../../../workers/metering/meter/meterDevice.js";
import { checkReport } from "../../../../workers/metering/report/checkReport.js";
import { decodeReport } from "../../../../workers/metering/report/decodeReport.js";
import { openUsage } from "../../../../workers/metering/report/openUsage.js";

const DOMAIN = { chainId: 7n, metering: "0x00000000000000000000000000000000000000aa" };
const TERMS: MeterTerms = {
  intervalSeconds: 1_800,
  sessionSeconds: 86_400,
  overlapSeconds: 3_600,
  retrySeconds: 60,
  finalSeconds: 600,
  window: 4,
  capacity: 100,
};
const START = 1_800_000_000;
const WORD = `0x${"11".repeat(32)}`;

/** A meter's memory on disk. */
class Disk implements MeterStore {
  memory: MeterMemory | undefined;
  readonly readings = new Map<number, BufferedReading>();
  saveMemory(memory: MeterMemory): void {
    this.memory = memory;
  }
  saveReading(_: number, reading: BufferedReading): void {
    this.readings.set(reading.time, reading);
  }
  dropReading(_: number, time: number): void {
    this.readings.delete(time);
  }
}

/** A meter as it leaves provisioning, and the MDMS's keys. */
function provisioned(terms = TERMS) {
  const mdms = drawKeyPair();
  const epochKey = drawKeyPair();
  const disk = new Disk();
  const identity = drawKeyPair();
  const salted = saltedId("SN-7", WORD);
  const memory: MeterMemory = {
    meter: 7,
    saltedId: salted,
    identityKey: identity.privateKey,
    mdms: addressOfKey(mdms.publicKey),
    registered: false,
    since: START,
    registerWh: 0,
    lastTime: 0,
    session: undefined,
    nextSession: undefined,
    epoch: undefined,
  };
  const device = new MeterDevice(memory, [], disk, DOMAIN, terms);
  const hid = identityHash(salted, addressOfKey(identity.publicKey));
  const epoch = (number: number, validUntil: number, signer = mdms) =>
    epochOpening(DOMAIN, number, validUntil, signer, epochKey);
  return { device, disk, hid, mdms, epochKey, epoch, terms };
}

const about = (outgoing: Outgoing) =>
  outgoing.kind === "report" ? `report ${outgoing.time}` : outgoing.request.kind;

/** Registers a meter and opens its first session, as a concentrator would answer. */
function enrol({ device, epoch }: ReturnType<typeof provisioned>, now: number): void {
  device.hearEpoch(epoch(1, now + 10 * 86_400), now);
  expect(device.due(now).map(about)).to.deep.equal(["registration"]);
  device.hear({ now, about: { kind: "registration" }, verdict: "included" }, now);
  expect(device.due(now + 60).map(about)).to.deep.equal(["session"]);
  device.hear({ now, about: { kind: "session", sequence: 1 }, verdict: "included" }, now);
}

const reports = (list: readonly Outgoing[]) => list.flatMap((one) => (one.kind === "report" ? [one] : []));

describe("MeterDevice", () => {
  it("registers, opens a session, and reports what it measured", () => {
    const meter = provisioned();
    enrol(meter, START);
    meter.device.measure(START + 1_800, 250);
    meter.device.measure(START + 1_800, 999);
    meter.device.measure(START + 3_600, 300);
    const sent = reports(meter.device.due(START + 3_600)).map(({ payload }) => decodeReport(payload));
    expect(sent.map(({ time }) => time)).to.deep.equal([START + 1_800, START + 3_600]);
    const opened = sent.map((report) =>
      openUsage(DOMAIN, meter.hid, report, { epoch: 1, privateKey: meter.epochKey.privateKey }),
    );
    expect(opened).to.deep.equal([
      { usageWh: 250, registerRestWh: 250 },
      { usageWh: 300, registerRestWh: 550 },
    ]);
    const signer = addressOfKey(keyPairOf(meter.disk.memory!.session!.privateKey).publicKey);
    expect(new Set(sent.map((report) => checkReport(DOMAIN, report)))).to.deep.equal(new Set([signer]));
    expect(meter.device.display()).to.include({ registerWh: 550, lastUsageWh: 300, waiting: 2, session: 1 });
  });

  it("keeps a reading until the MDMS says that it has it, whatever the concentrator says", () => {
    const meter = provisioned();
    enrol(meter, START);
    const { device } = meter;
    for (let i = 1; i <= 3; i++) device.measure(START + i * 1_800, i);
    const now = START + 6_000;
    for (const { payload, time } of reports(device.due(now))) {
      const hash = `0x${Buffer.from(decodeReport(payload).hash).toString("hex")}`;
      device.hear({ now, about: { kind: "report", time, hash }, verdict: "included" }, now);
      device.hear({ now, about: { kind: "report", time, hash }, verdict: "final" }, now);
    }
    expect(device.display()).to.include({ final: 3 });
    expect(reports(device.due(now + 10_000))).to.deep.equal([]);
    const gaps = { meter: 7, after: 0, until: START + 3_600, missing: [START + 3_600] };
    const message = Buffer.from(encodeGaps(DOMAIN, gaps, meter.mdms.privateKey));
    device.hearGaps(decodeGaps(DOMAIN, 7, message, addressOfKey(meter.mdms.publicKey))!);
    expect(device.readings().map(({ time, state }) => [time - START, state])).to.deep.equal([
      [3_600, "waiting"],
      [5_400, "final"],
    ]);
    expect(reports(device.due(now + 10_000)).map(({ time }) => time - START)).to.deep.equal([3_600]);
  });

  it("takes gaps from the MDMS alone, and of its own", () => {
    const meter = provisioned();
    const mdms = addressOfKey(meter.mdms.publicKey);
    const gaps = { meter: 7, after: 0, until: START, missing: [START - 1_800, START] };
    const good = encodeGaps(DOMAIN, gaps, meter.mdms.privateKey);
    expect(decodeGaps(DOMAIN, 7, Buffer.from(good), mdms)).to.deep.equal(gaps);
    const forged = encodeGaps(DOMAIN, gaps, drawKeyPair().privateKey);
    const other = encodeGaps({ ...DOMAIN, chainId: 8n }, gaps, meter.mdms.privateKey);
    for (const payload of [forged, other, good.replace(String(START), String(START + 1)), "{}", "null", ""]) {
      expect(decodeGaps(DOMAIN, 7, Buffer.from(payload), mdms)).to.equal(undefined);
    }
    expect(decodeGaps(DOMAIN, 8, Buffer.from(good), mdms)).to.equal(undefined);
  });

  it("sends again what was not answered, signed afresh, and no more than its window", () => {
    const meter = provisioned();
    enrol(meter, START);
    for (let i = 1; i <= 6; i++) meter.device.measure(START + i * 1_800, i);
    const now = START + 20_000;
    const first = reports(meter.device.due(now));
    expect(first.map(({ time }) => (time - START) / 1_800)).to.deep.equal([1, 2, 3, 4]);
    expect(reports(meter.device.due(now + 59))).to.deep.equal([]);
    const again = reports(meter.device.due(now + 60));
    expect(again.map(({ time }) => (time - START) / 1_800)).to.deep.equal([5, 6, 1, 2]);
    expect(again[2]!.time).to.equal(first[0]!.time);
    expect(Buffer.from(again[2]!.payload)).not.to.deep.equal(Buffer.from(first[0]!.payload));
    meter.device.hear(
      { now, about: { kind: "report", time: first[0]!.time, hash: WORD }, verdict: "included" },
      now + 61,
    );
    expect(reports(meter.device.due(now + 61)).map(({ time }) => (time - START) / 1_800)).to.deep.equal([3]);
  });

  it("leaves out an interval of more than a report carries, which the register shows", () => {
    const meter = provisioned();
    enrol(meter, START);
    meter.device.measure(START + 1_800, 100);
    meter.device.measure(START + 3_600, 70_000);
    meter.device.measure(START + 5_400, 200);
    const sent = reports(meter.device.due(START + 6_000)).map(({ payload }) => decodeReport(payload));
    const opened = sent.map((report) =>
      openUsage(DOMAIN, meter.hid, report, { epoch: 1, privateKey: meter.epochKey.privateKey }),
    );
    expect(opened).to.deep.equal([
      { usageWh: 100, registerRestWh: 100 },
      { usageWh: 200, registerRestWh: 70_300 % 65_536 },
    ]);
  });

  it("waits where the concentrator has too much, and sends what it called refused later again", () => {
    const meter = provisioned();
    enrol(meter, START);
    meter.device.measure(START + 1_800, 5);
    const now = START + 2_000;
    const answer = { now, about: { kind: "report" as const, time: START + 1_800, hash: WORD } };
    expect(reports(meter.device.due(now))).to.have.lengthOf(1);
    meter.device.hear({ ...answer, verdict: "busy" }, now);
    expect(meter.device.due(now + 59)).to.deep.equal([]);
    expect(reports(meter.device.due(now + 60))).to.have.lengthOf(1);
    meter.device.hear({ ...answer, verdict: "refused", reason: "Misaligned" }, now + 60);
    expect(meter.device.display()).to.include({ refused: 1 });
    expect(reports(meter.device.due(now + 600))).to.deep.equal([]);
    expect(reports(meter.device.due(now + 660))).to.have.lengthOf(1);
  });

  it("sends again in time also where its clock was set back by an hour", () => {
    const meter = provisioned();
    enrol(meter, START);
    meter.device.measure(START + 1_800, 5);
    const late = START + 5_400;
    expect(reports(meter.device.due(late))).to.have.lengthOf(1);
    meter.device.hear({ now: late, about: { kind: "registration" }, verdict: "busy" }, late);
    const early = late - 3_600;
    expect(reports(meter.device.due(early))).to.have.lengthOf(1);
    expect(reports(meter.device.due(early + 59))).to.deep.equal([]);
    expect(reports(meter.device.due(early + 60))).to.have.lengthOf(1);
  });

  it("opens the next session in time, and goes on with the one it has until that is open", () => {
    const meter = provisioned();
    enrol(meter, START);
    const late = START + 86_400 - 3_600 + 60;
    const [request] = meter.device.due(late);
    expect(request && about(request)).to.equal("session");
    const { session, nextSession } = meter.disk.memory!;
    expect([session!.sequence, nextSession!.sequence]).to.deep.equal([1, 2]);
    meter.device.measure(late, 1);
    const signer = (): string =>
      checkReport(DOMAIN, decodeReport(reports(meter.device.due(late + 1))[0]!.payload));
    expect(signer()).to.equal(addressOfKey(keyPairOf(session!.privateKey).publicKey));
    meter.device.hear({ now: late, about: { kind: "session", sequence: 2 }, verdict: "included" }, late);
    meter.device.measure(late + 1_800, 1);
    const [, second] = reports(meter.device.due(late + 1_800));
    expect(checkReport(DOMAIN, decodeReport(second!.payload))).to.equal(
      addressOfKey(keyPairOf(nextSession!.privateKey).publicKey),
    );
  });

  it("draws a session key afresh where the chain is further on, and after a revocation", () => {
    const meter = provisioned();
    enrol(meter, START);
    meter.device.measure(START + 1_800, 1);
    const now = START + 2_000;
    reports(meter.device.due(now));
    const answer = { now, about: { kind: "report" as const, time: START + 1_800, hash: WORD } };
    meter.device.hear({ ...answer, verdict: "refused", reason: "NoSession" }, now);
    expect(meter.device.due(now + 60).map(about)).to.deep.equal(["session"]);
    const drawn = meter.disk.memory!.nextSession!;
    expect(drawn.sequence).to.equal(2);
    const lost = { now, about: { kind: "session" as const, sequence: 2 }, verdict: "refused" as const };
    meter.device.hear({ ...lost, reason: "WrongSequence:5" }, now + 61);
    const next = meter.disk.memory!.nextSession!;
    expect(next.sequence).to.equal(5);
    expect(Buffer.from(next.privateKey)).not.to.deep.equal(Buffer.from(drawn.privateKey));
    expect(meter.device.due(now + 61).map(about)).to.deep.equal(["session"]);
  });

  it("is not stopped for good by any lie about its registration or its session", () => {
    const meter = provisioned();
    enrol(meter, START);
    const { device, disk } = meter;
    device.measure(START + 1_800, 1);
    let now = START + 2_000;
    const report = { kind: "report" as const, time: START + 1_800, hash: WORD };
    // That it is not registered, where it is: it asks, and goes on once it hears that it is.
    expect(reports(device.due(now))).to.have.lengthOf(1);
    device.hear({ now, about: report, verdict: "refused", reason: "Unknown" }, now);
    now += 60;
    expect(device.due(now).map(about)).to.deep.equal(["registration"]);
    device.hear(
      { now, about: { kind: "registration" }, verdict: "refused", reason: "AlreadyRegistered" },
      now,
    );
    now += 600;
    expect(reports(device.due(now))).to.have.lengthOf(1);
    // Numbers of sessions that cannot be.
    device.hear({ now, about: report, verdict: "refused", reason: "NoSession" }, now);
    for (const number of ["0", "4294967296", "99999999999999999999999", "-1", "1e9"]) {
      now += 60;
      const [request] = device.due(now);
      expect(request && about(request)).to.equal("session");
      const { sequence } = disk.memory!.nextSession!;
      const about2 = { kind: "session" as const, sequence };
      device.hear({ now, about: about2, verdict: "refused", reason: `WrongSequence:${number}` }, now);
      expect(disk.memory!.nextSession!.sequence).to.equal(2);
    }
    // A clock that was far ahead: the end of what is asked for next is by the clock as it is now.
    device.due(now + 10 ** 8);
    const ahead = disk.memory!.nextSession!;
    const about3 = { kind: "session" as const, sequence: ahead.sequence };
    device.hear({ now, about: about3, verdict: "refused", reason: "BadValidity" }, now);
    expect(disk.memory!.nextSession!.validUntil).to.equal(now + TERMS.sessionSeconds);
  });

  it("keeps what a list of gaps does not speak of", () => {
    const meter = provisioned();
    enrol(meter, START);
    const { device } = meter;
    for (let i = 1; i <= 4; i++) device.measure(START + i * 1_800, i);
    const [first, second, third] = device.readings().map(({ time }) => time) as [number, number, number];
    device.hearGaps({ meter: 7, after: first, until: third, missing: [third] });
    expect(device.readings().map(({ time }) => time)).to.deep.equal([first, third, START + 4 * 1_800]);
    expect(second).to.equal(START + 3_600);
  });

  it("encrypts to no key but the MDMS's, and to none that is over or older", () => {
    const meter = provisioned();
    const { device, epoch } = meter;
    expect(() => device.hearEpoch(epoch(1, START + 100, drawKeyPair()), START)).to.throw("bad-signature");
    expect(() => device.hearEpoch(epoch(1, START - 1), START)).to.throw("over");
    device.hearEpoch(epoch(3, START + 100), START);
    device.hearEpoch(epoch(2, START + 900), START);
    expect(device.display().epoch).to.equal(3);
    device.due(START);
    device.hear({ now: START, about: { kind: "registration" }, verdict: "final" }, START);
    device.due(START + 60);
    device.hear({ now: START, about: { kind: "session", sequence: 1 }, verdict: "final" }, START + 60);
    device.measure(START + 60, 1);
    expect(reports(device.due(START + 101))).to.deep.equal([]);
    device.hearEpoch(epoch(4, START + 900), START + 101);
    expect(reports(device.due(START + 101))).to.have.lengthOf(1);
  });

  it("goes on after a kill from what it kept", () => {
    const meter = provisioned();
    enrol(meter, START);
    for (let i = 1; i <= 3; i++) meter.device.measure(START + i * 1_800, i);
    meter.device.due(START + 6_000);
    const revived = new MeterDevice(
      meter.disk.memory!,
      [...meter.disk.readings.values()],
      new Disk(),
      DOMAIN,
      TERMS,
    );
    expect(revived.display()).to.deep.equal(meter.device.display());
    expect(reports(revived.due(START + 6_060))).to.have.lengthOf(3);
  });

  it("has room for so many readings, and lets go what was said to be final first", () => {
    const meter = provisioned({ ...TERMS, capacity: 3 });
    enrol(meter, START);
    for (let i = 1; i <= 3; i++) meter.device.measure(START + i * 1_800, i);
    const answer = (i: number) => ({ kind: "report" as const, time: START + i * 1_800, hash: WORD });
    meter.device.hear({ now: START, about: answer(2), verdict: "final" }, START);
    meter.device.measure(START + 4 * 1_800, 4);
    meter.device.measure(START + 5 * 1_800, 5);
    expect(meter.device.readings().map(({ usageWh }) => usageWh)).to.deep.equal([3, 4, 5]);
    expect([...meter.disk.readings.keys()]).to.have.lengthOf(3);
  });

  for (const [lie, verdict] of [
    ["never answers", undefined],
    ["calls included, and puts nowhere,", "included"],
  ] as const) {
    it(`sends the rest past what a concentrator ${lie}`, () => {
      const meter = provisioned();
      enrol(meter, START);
      for (let i = 1; i <= 10; i++) meter.device.measure(START + i * 1_800, i);
      const sent = new Map<number, number>();
      for (let now = START + 20_000; now < START + 24_000; now += 700) {
        for (const { time } of reports(meter.device.due(now))) {
          sent.set(time, (sent.get(time) ?? 0) + 1);
          if (verdict !== undefined)
            meter.device.hear({ now, about: { kind: "report", time, hash: WORD }, verdict }, now);
        }
      }
      // Six times as many as the window has room for.
      expect([...sent.values()].sort((a, b) => a - b)).to.deep.equal([2, 2, 2, 2, 2, 2, 3, 3, 3, 3]);
    });
  }

  it("loses nothing and doubles nothing, whatever a concentrator drops, delays and re-orders", () => {
    const step = fc.record({
      answer: fc.constantFrom("included", "final", "refused", "busy", "nothing"),
      pick: fc.nat(20),
      wait: fc.integer({ min: 0, max: 700 }),
      measure: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const meter = provisioned();
        enrol(meter, START);
        const stored = new Set<number>();
        let now = START + 100;
        let measured = 0;
        const heard: number[] = [];
        for (const { answer, pick, wait, measure } of steps) {
          now += wait;
          if (measure) meter.device.measure(START + ++measured * 1_800, measured);
          heard.push(...reports(meter.device.due(now)).map(({ time }) => time));
          const time = heard[pick % Math.max(1, heard.length)];
          if (time === undefined || answer === "nothing") continue;
          // A concentrator may say what it likes; only what it puts on the chain is there.
          if (answer === "included" && pick % 2 === 0) stored.add(time);
          meter.device.hear({ now, about: { kind: "report", time, hash: WORD }, verdict: answer }, now);
        }
        const all = Array.from({ length: measured }, (_, i) => START + (i + 1) * 1_800);
        const missing = all.filter((time) => !stored.has(time));
        meter.device.hearGaps({ meter: 7, after: 0, until: START + measured * 1_800, missing });
        expect(meter.device.readings().map(({ time }) => time)).to.deep.equal(missing);
        for (let round = 0; round < 40 && missing.length > 0; round++) {
          now += 700;
          for (const { time } of reports(meter.device.due(now))) {
            stored.add(time);
            meter.device.hear({ now, about: { kind: "report", time, hash: WORD }, verdict: "included" }, now);
          }
        }
        expect([...stored].sort((a, b) => a - b)).to.deep.equal(all);
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);
});

describe("messages of meters", () => {
  it("are read back as they were written, and rubbish is none", () => {
    const ack = {
      now: 5,
      about: { kind: "report" as const, time: 3, hash: WORD },
      verdict: "final" as const,
    };
    expect(decodeAck(Buffer.from(encodeAck(ack)))).to.deep.equal(ack);
    const request: MeterRequest = {
      kind: "registration",
      request: { saltedId: WORD, identity: DOMAIN.metering, since: 5, r: WORD, vs: WORD },
    };
    expect(decodeRequest(Buffer.from(encodeRequest(request)))).to.deep.equal(request);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(decodeAck(bytes)).to.equal(undefined);
          expect(decodeRequest(bytes)).to.equal(undefined);
        },
      ),
    );
  });
});

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hexlify } from "ethers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { addressOfKey } from "../../../../workers/crypto/addressOfKey.js";
import { drawKeyPair } from "../../../../workers/crypto/keyPair.js";
import { saltedId } from "../../../../workers/metering/identityHash.js";
import { epochOpening } from "../../../../workers/metering/keys/epochOpening.js";
import { type AckAbout, encodeAck } from "../../../../workers/metering/messages/ack.js";
import { encodeEpoch } from "../../../../workers/metering/messages/epochMessage.js";
import { decodeRequest } from "../../../../workers/metering/messages/request.js";
import { Fleet } from "../../../../workers/metering/meter/fleet.js";
import { FleetPasswordError, FleetStore } from "../../../../workers/metering/meter/fleetStore.js";
import type { MeterMemory } from "../../../../workers/metering/meter/memory.js";
import { MeterClock } from "../../../../workers/metering/meter/meterClock.js";
import { decodeReport } from "../../../../workers/metering/report/decodeReport.js";
import { canLimitFiles, limitFiles } from "../../../support/faults/fileSizeLimit.js";
import { temporaryFolder } from "../../../support/temporaryFolder.js";

const DOMAIN = { chainId: 7n, metering: "0x00000000000000000000000000000000000000aa" };
const HALF_HOUR = 1_800;
/** On the grid of half hours. */
const START = 1_800_000_000;
const TERMS = {
  intervalSeconds: HALF_HOUR,
  sessionSeconds: 86_400,
  overlapSeconds: 3_600,
  retrySeconds: 60,
  finalSeconds: 600,
  window: 8,
  capacity: 1_000,
};
const mdms = drawKeyPair();

function memoryOf(meter: number): MeterMemory {
  return {
    meter,
    saltedId: saltedId(`SN-${meter}`, `0x${"22".repeat(32)}`),
    identityKey: drawKeyPair().privateKey,
    mdms: addressOfKey(mdms.publicKey),
    registered: false,
    since: START,
    registerWh: 0,
    lastTime: 0,
    session: undefined,
    nextSession: undefined,
    epoch: undefined,
  };
}

describe("the store of many meters", () => {
  const folder = temporaryFolder();

  it("keeps memories and readings, and keys sealed under a password", () => {
    const path = join(folder, "one.sqlite");
    const store = new FleetStore(path, "correct horse");
    const memory: MeterMemory = {
      ...memoryOf(7),
      session: { sequence: 3, privateKey: drawKeyPair().privateKey, validUntil: 99, open: true },
      epoch: { epoch: 2, publicKey: mdms.publicKey, validUntil: 100 },
    };
    const reading = {
      time: 5,
      usageWh: 1,
      registerWh: 2,
      state: "waiting" as const,
      at: 0,
      reason: undefined,
    };
    store.saveMemory(memory);
    store.saveReading(7, reading);
    store.saveReading(7, { ...reading, time: 6, reason: "Future" });
    store.dropReading(7, 5);
    store.close();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const bytes = readFileSync(path);
    for (const secret of [memory.identityKey, memory.session!.privateKey]) {
      expect(bytes.includes(Buffer.from(secret))).to.equal(false);
      expect(bytes.includes(hexlify(secret).slice(2))).to.equal(false);
    }
    expect(() => new FleetStore(path, "wrong")).to.throw(FleetPasswordError);
    const again = new FleetStore(path, "correct horse");
    expect(again.meters()).to.deep.equal([7]);
    const kept = again.memory(7)!;
    expect({
      ...kept,
      identityKey: hexlify(kept.identityKey),
      session: hexlify(kept.session!.privateKey),
    }).to.deep.equal({
      ...memory,
      identityKey: hexlify(memory.identityKey),
      session: hexlify(memory.session!.privateKey),
    });
    expect(again.readings(7)).to.deep.equal([{ ...reading, time: 6, reason: "Future" }]);
    again.close();
  });

  it("has nothing of what was not committed", () => {
    const path = join(folder, "two.sqlite");
    const store = new FleetStore(path, "p");
    store.saveMemory(memoryOf(1));
    store.commit();
    store.saveMemory(memoryOf(2));
    const other = new FleetStore(path, "p");
    expect(other.meters()).to.deep.equal([1]);
    other.close();
    store.close();
  });
});

describe("meters whose disk is full", () => {
  const folder = temporaryFolder();

  it("hear and measure on, send nothing that is not on disk, and go on with room", async function () {
    this.timeout(30_000);
    if (!(await canLimitFiles())) this.skip();
    const path = join(folder, "full.sqlite");
    const store = new FleetStore(path, "p");
    const session = {
      sequence: 1,
      privateKey: drawKeyPair().privateKey,
      validUntil: START + 86_400,
      open: true,
    };
    store.saveMemory({ ...memoryOf(1), registered: true, session });
    let now = START + HALF_HOUR + 1;
    let sent = 0;
    const fleet = new Fleet(store, DOMAIN, TERMS, () => 100);
    const link = { connected: true, send: () => void sent++ };
    fleet.add(1, link, new MeterClock(() => now, 0, 0), START);
    const epoch = Buffer.from(encodeEpoch(epochOpening(DOMAIN, 1, START + 86_400, mdms, drawKeyPair())));
    await limitFiles(process.pid, 0);
    try {
      fleet.hear(1, "epoch", epoch);
      for (let turn = 0; turn < 3; turn++) {
        expect(() => fleet.turn()).to.throw(/disk|I\/O/u);
        now += HALF_HOUR;
      }
      expect(sent).to.equal(0);
      expect(fleet.display()[0]).to.include({ registerWh: 300, waiting: 3, epoch: 1 });
    } finally {
      await limitFiles(process.pid, undefined);
    }
    fleet.turn();
    expect(sent).to.equal(4);
    const other = new FleetStore(path, "p");
    expect(other.readings(1)).to.have.lengthOf(4);
    expect(other.memory(1)).to.deep.include({ registerWh: 400, lastTime: START + 4 * HALF_HOUR });
    expect(other.memory(1)!.epoch).to.include({ epoch: 1 });
    other.close();
    store.close();
  });
});

describe("a meter's clock", () => {
  it("drifts, and is set by the answers, by little at a time", () => {
    let now = START;
    const clock = new MeterClock(() => now, 100, 50);
    expect(clock.now()).to.equal(START + 100);
    now += 1_000_000;
    expect(clock.now()).to.equal(now + 150);
    for (let answer = 0; answer < 5; answer++) clock.hear(now);
    expect(Math.abs(clock.now() - now)).to.be.at.most(2);
    clock.hear(now + 1_000_000);
    expect(clock.now() - now).to.be.within(28, 32);
  });

  it("is not turned to the present while it lives in the past, and is right when it has caught up", () => {
    let present = START + 10 * HALF_HOUR;
    const now = (): number => Math.min(present, START + (present - START - 10 * HALF_HOUR) * 60);
    const clock = new MeterClock(now, 0, 0, () => present - now());
    for (let i = 0; i < 40; i++) {
      present += 10;
      clock.hear(present);
      expect(clock.now()).to.equal(now());
    }
    expect(clock.now()).to.equal(present);
  });

  it("ends within two seconds of the truth from wherever it was", () => {
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -100, max: 100 }), (offset, ppm) => {
        let now = START;
        const clock = new MeterClock(() => now, offset, ppm);
        for (let hour = 0; hour < 48; hour++) {
          now += HALF_HOUR;
          clock.hear(now);
        }
        expect(Math.abs(clock.now() - now)).to.be.at.most(3);
      }),
    );
  });
});

describe("a fleet of meters", () => {
  const folder = temporaryFolder();

  it("enrols, measures and reports, goes on after a kill, and measures nothing twice", () => {
    const path = join(folder, "fleet.sqlite");
    const first = new FleetStore(path, "p");
    for (const meter of [1, 2, 3]) first.saveMemory(memoryOf(meter));
    first.close();
    let now = START;
    const sent: { meter: number; topic: string; payload: Uint8Array | string }[] = [];
    const open = (): { fleet: Fleet; store: FleetStore } => {
      const store = new FleetStore(path, "p");
      const fleet = new Fleet(
        store,
        DOMAIN,
        TERMS,
        (meter, time) => meter * 100 + (((time - START) / HALF_HOUR) % 7),
      );
      for (const meter of store.meters()) {
        const link = {
          connected: meter !== 3,
          send: (topic: string, payload: Uint8Array | string) => void sent.push({ meter, topic, payload }),
        };
        fleet.add(meter, link, new MeterClock(() => now, 0, 0), START);
      }
      return { fleet, store };
    };
    const answer = (fleet: Fleet, meter: number, about: AckAbout): void =>
      fleet.hear(meter, "ack", Buffer.from(encodeAck({ now, about, verdict: "included" })));

    let { fleet, store } = open();
    const epoch = epochOpening(DOMAIN, 1, START + 86_400, mdms, drawKeyPair());
    for (const meter of [1, 2, 3]) fleet.hear(meter, "epoch", Buffer.from(encodeEpoch(epoch)));
    fleet.turn();
    expect(sent.map(({ meter, topic }) => [meter, topic])).to.deep.equal([
      [1, "request"],
      [2, "request"],
    ]);
    for (const meter of [1, 2]) answer(fleet, meter, { kind: "registration" });
    now += 60;
    sent.length = 0;
    fleet.turn();
    expect(sent.map(({ payload }) => decodeRequest(Buffer.from(payload as string))?.kind)).to.deep.equal([
      "session",
      "session",
    ]);
    for (const meter of [1, 2]) answer(fleet, meter, { kind: "session", sequence: 1 });
    now = START + 3 * HALF_HOUR + 5;
    sent.length = 0;
    fleet.turn();
    expect(sent.filter(({ topic }) => topic === "report")).to.have.lengthOf(6);
    expect(fleet.counts).to.include({ measured: 9, reportsSent: 6 });
    const { time } = decodeReport(sent.find(({ topic }) => topic === "report")!.payload as Uint8Array);
    answer(fleet, 1, { kind: "report", time, hash: `0x${"33".repeat(32)}` });
    store.close();

    ({ fleet, store } = open());
    expect(fleet.display().map(({ waiting, included }) => [waiting, included])).to.deep.equal([
      [2, 1],
      [3, 0],
      [3, 0],
    ]);
    now += HALF_HOUR;
    fleet.turn();
    expect(fleet.counts.measured).to.equal(3);
    expect(fleet.display().map(({ registerWh }) => registerWh)).to.deep.equal([410, 810, 1_210]);
    for (const rubbish of ["", "{}", "null", '{"now":1}']) {
      for (const topic of ["ack", "epoch", "gaps"] as const) fleet.hear(1, topic, Buffer.from(rubbish));
    }
    expect(fleet.counts.refusedMessages).to.equal(12);
    store.close();
  });
});

import { join } from "node:path";
import { expect } from "chai";
import { getAddress, isAddress } from "ethers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { connectAsync, type MqttClient } from "mqtt";
import { Credentials } from "../../workers/bus/broker/credentials.js";
import { openBroker } from "../../workers/bus/broker/openBroker.js";
import { type Bus, connectBus } from "../../workers/bus/client/connectBus.js";
import { CONCENTRATOR, MDMS, meterOfTopic, topics } from "../../workers/bus/topics.js";
import { addressOfKey } from "../../workers/crypto/addressOfKey.js";
import { concentratorMetrics } from "../../workers/metering/concentrator/metrics.js";
import { registrationRequest } from "../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../workers/metering/keys/sessionRequest.js";
import { meterGaps } from "../../workers/metering/mdms/reader/meterGaps.js";
import { decodeAck, encodeAck } from "../../workers/metering/messages/ack.js";
import { encodeEpoch } from "../../workers/metering/messages/epochMessage.js";
import { encodeGaps } from "../../workers/metering/messages/gapsMessage.js";
import { encodeRequest } from "../../workers/metering/messages/request.js";
import { Fleet } from "../../workers/metering/meter/fleet.js";
import { FleetStore } from "../../workers/metering/meter/fleetStore.js";
import { LAYOUT } from "../../workers/metering/report/layout.js";
import { refusal } from "../contracts/measurement/ledgerFixture.js";
import { MeterClock } from "../../workers/metering/meter/meterClock.js";
import { signReport } from "../../workers/metering/report/createReport.js";
import { encodeReport } from "../../workers/metering/report/encodeReport.js";
import {
  outcome,
  rules,
  sessionKeyOf,
  testMeter,
  type TestMeter,
} from "../contracts/metering/meteringFixture.js";
import { eventually } from "../support/eventually.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { HALF_HOUR, meteringScene, openConcentrator, type Scene } from "./meteringScene.js";

const MOST_BYTES = 4_096;

/** Reports that are wrong, by the name of what is wrong. */
const badReports = (s: Scene, meter: TestMeter): Record<string, Uint8Array> => {
  const good = encodeReport(s.report(meter, 50));
  const changed = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = Uint8Array.from(good);
    copy.set(bytes, at);
    return copy;
  };
  const elsewhere = { ...s.f.domain, chainId: s.f.domain.chainId + 1n };
  const notOnCurve = Array.from({ length: 33 }, (_, i) => (i === 0 ? 2 : i === 32 ? 5 : 0));
  return {
    "wrong-length": good.subarray(0, 157),
    oversize: new Uint8Array(3_000).fill(7),
    malformed: changed(4, 0, 0, 0, 0),
    "unknown-point": changed(9, ...notOnCurve),
    "point-at-infinity": changed(9, 0),
    "zero-signature": changed(94, ...new Uint8Array(64)),
    "hash-mismatch": changed(62, good[62]! ^ 1),
    "other-meter": changed(0, 0, 0, 0, 9),
    Future: encodeReport(s.report(meter, 50 + 48 * 20)),
    // Signed for another chain: for this one nobody signed it that has a session.
    BadSignature: encodeReport(s.report(meter, 50, 1, 1, elsewhere)),
  };
};

/* Bad input, from MQTT to the chain: real broker, real contract. Each is refused by name and counted, and the rest goes on. */
describe("bad input to metering", function suite() {
  this.timeout(180_000);
  const folder = temporaryFolder();
  let made = 0;

  /** A concentrator behind a broker, and a client for each meter. */
  async function start(meterCount = 2, mostQueued?: number) {
    const name = `bad-${made++}`;
    const s = await meteringScene(folder, name, meterCount);
    const credentials = new Credentials(join(folder, `${name}.credentials.json`));
    const users = [...s.meters.map(({ meter }) => String(meter)), CONCENTRATOR, MDMS];
    const passwords = credentials.issue(users);
    const broker = await openBroker({ host: "127.0.0.1", port: 0, credentials, mostBytes: MOST_BYTES });
    const c = await openConcentrator(s, folder, name, mostQueued);
    const bus: Bus = connectBus(
      {
        url: broker.url,
        username: CONCENTRATOR,
        password: passwords.get(CONCENTRATOR)!,
        keepSession: true,
      },
      [topics.report("+"), topics.request("+")],
      (topic, payload) => {
        const kind = topic.startsWith("report/") ? "report" : "request";
        c.concentrator.receive(kind, meterOfTopic(topic)!, payload);
      },
      () => undefined,
    );
    c.hearers.push(
      (meter, ack) => void bus.publish(topics.ack(meter), encodeAck(ack)).catch(() => undefined),
    );
    await eventually("the concentrator is connected", () => bus.connected);
    const clients: MqttClient[] = [];
    const client = async (username: string): Promise<MqttClient> => {
      const connected = await connectAsync(broker.url, {
        username,
        password: passwords.get(username)!,
        clientId: username,
        reconnectPeriod: 0,
      });
      clients.push(connected);
      return connected;
    };
    const metrics = concentratorMetrics(c.concentrator, () => bus.connected);
    /** What /metrics says of refusals, by reason. */
    const counted = async (): Promise<Record<string, number>> => {
      const text = await metrics.metrics();
      const found = text.matchAll(/^gridproof_concentrator_refused_total\{reason="([^"]+)"\} (\d+)$/gmu);
      return Object.fromEntries([...found].map(([, reason, count]) => [reason!, Number(count)]));
    };
    const received = async (count: number): Promise<void> =>
      await eventually(`${count} messages`, () => c.concentrator.counts.received >= count);
    const stop = async (): Promise<void> => {
      for (const one of clients) one.end(true);
      await bus.close();
      await broker.close();
      c.store.close();
      await s.database.close();
    };
    return { s, c, broker, bus, client, passwords, counted, received, stop };
  }

  it("is refused by name and counted by the concentrator, and a good report beside it goes through", async () => {
    const t = await start();
    const [one, two] = t.s.meters as [TestMeter, TestMeter];
    const bad = badReports(t.s, one);
    const meter = await t.client("1");
    const other = await t.client("2");
    const heard: string[] = [];
    meter.on("message", (_, payload) => {
      const ack = decodeAck(payload)!;
      heard.push(ack.reason ?? ack.verdict);
    });
    await meter.subscribeAsync(topics.ack(1), { qos: 1 });
    for (const payload of Object.values(bad))
      await meter.publishAsync(topics.report(1), Buffer.from(payload), { qos: 1 });
    for (const payload of [
      "",
      "{",
      "[]",
      "null",
      '{"kind":"session","request":{}}',
      "\u0000",
      "x".repeat(3_900),
    ])
      await meter.publishAsync(topics.request(1), payload, { qos: 1 });
    await other.publishAsync(topics.report(2), Buffer.from(encodeReport(t.s.report(two, 50))), { qos: 1 });
    await meter.publishAsync(topics.report(1), Buffer.from(encodeReport(t.s.report(one, 51))), { qos: 1 });
    await t.received(Object.keys(bad).length + 9);
    await t.c.settle();
    const each = Object.fromEntries(Object.keys(bad).map((reason) => [reason, 1]));
    expect(await t.counted()).to.deep.equal({ ...each, "malformed-request": 7 });
    expect(t.c.concentrator.counts).to.include({ accepted: 2, batches: 1 });
    // The meter is told of all that could be told apart.
    await eventually("the answers", () => heard.includes("final"));
    expect(heard).to.include.members(["hash-mismatch", "other-meter", "Future", "BadSignature"]);
    await t.s.mdms.turn();
    expect([await t.s.stored("P1"), await t.s.stored("P2")]).to.deep.equal([{ 51: 151 }, { 50: 150 }]);
    await t.stop();
  });

  it("is named by the contract where a concentrator forwards without looking, and the rest of the batch is taken", async () => {
    const s = await meteringScene(folder, `bad-${made++}`);
    const [one, two] = s.meters as [TestMeter, TestMeter];
    const bad = badReports(s, one);
    // A batch is whole reports: what is shorter or longer shifts nothing, it is refused whole.
    const whole = Object.entries(bad).filter(([, payload]) => payload.length === 158);
    const batch = [...whole.map(([, payload]) => payload), encodeReport(s.report(two, 50))];
    const { reasons, accepted } = await outcome(s.f, batch);
    expect(Object.fromEntries(whole.map(([name], i) => [name, reasons[i]]))).to.deep.equal({
      malformed: "BeforeStart",
      "unknown-point": "HashMismatch",
      "point-at-infinity": "HashMismatch",
      "zero-signature": "BadSignature",
      "hash-mismatch": "HashMismatch",
      "other-meter": "Unknown",
      Future: "Future",
      BadSignature: "BadSignature",
    });
    expect(accepted.map(({ report: { meter } }) => meter)).to.deep.equal([2]);
    for (const name of ["wrong-length", "oversize"]) {
      const refused = await refusal(s.f.metering.submit(bad[name]!));
      expect(refused.name).to.equal("MeteringBadBatch");
    }
    // What a meter signed over no point of the curve the chain takes, and the MDMS names it and goes on.
    const honest = s.report(one, 52);
    const odd = signReport(
      s.f.domain,
      { ...honest, ephemeralKey: bad["unknown-point"]!.slice(9, 42) },
      sessionKeyOf(1).privateKey,
    );
    const bytes = encodeReport(honest);
    bytes.set(odd.ephemeralKey, LAYOUT.ephemeralKey.at);
    bytes.set(odd.hash, LAYOUT.hash.at);
    bytes.set(odd.signature, LAYOUT.signature.at);
    expect((await outcome(s.f, [bytes, encodeReport(s.report(one, 53))])).reasons).to.deep.equal([
      "None",
      "None",
    ]);
    expect(await s.mdms.turn()).to.include({ stored: 3, opened: 2, unreadable: 1 });
    const [row] = await s.database.all<{ reason: string }>(
      "SELECT reason FROM reports WHERE state = 'unreadable'",
    );
    expect(row!.reason).to.include("unknown-point");
    await s.database.close();
  });

  it("ends a connection that sends a packet too large, and no other", async () => {
    const t = await start();
    const meter = await t.client("1");
    const closed = new Promise<void>((done) => meter.once("close", () => done()));
    meter.publish(topics.report(1), Buffer.alloc(MOST_BYTES + 1), { qos: 1 });
    await closed;
    const other = await t.client("2");
    const report = encodeReport(t.s.report(t.s.meters[1]!, 1));
    await other.publishAsync(topics.report(2), Buffer.from(report), { qos: 1 });
    await t.received(1);
    await t.c.settle();
    expect(t.c.concentrator.counts.accepted).to.equal(1);
    await t.stop();
  });

  it("stops no other meter's request or report by a request that cannot be encoded or is a bad copy", async () => {
    const t = await start(3);
    const newcomer = testMeter(4);
    await t.s.f.utility.storeIdentities([newcomer.hid]);
    const good = registrationRequest(t.s.f.domain, newcomer.saltedId, newcomer.identityKey, t.s.since);
    const identity = addressOfKey(newcomer.identityKey.publicKey);
    // An address with a wrong checksum.
    const swapped = getAddress(identity)
      .slice(2)
      .replace(/[a-f]/giu, (digit) => (digit < "a" ? digit.toLowerCase() : digit.toUpperCase()));
    const cased = `0x${swapped}`;
    expect(isAddress(cased)).to.equal(false);
    const receive = (meter: number, request: unknown): void =>
      t.c.concentrator.receive("request", meter, Buffer.from(JSON.stringify(request)));
    receive(1, { kind: "registration", request: { ...good, identity: cased, r: `0x${"11".repeat(32)}` } });
    receive(4, JSON.parse(encodeRequest({ kind: "registration", request: good })));
    receive(2, { kind: "registration", request: { ...good, vs: `0x${"22".repeat(32)}` } });
    t.c.concentrator.receive("report", 3, encodeReport(t.s.report(t.s.meters[2]!, 1)));
    await t.c.settle();
    const told = (meter: number): string[] =>
      t.c.told.filter((one) => one.meter === meter).map(({ ack }) => ack.verdict);
    expect([told(4), told(3)]).to.deep.equal([
      ["included", "final"],
      ["included", "final"],
    ]);
    await t.stop();
  });

  it("leaves room in the queue for others where one meter sends all it can, and spends nothing on sessions that cannot be", async () => {
    const t = await start(2, 200);
    const [one, two] = t.s.meters as [TestMeter, TestMeter];
    const validUntil = (await t.s.f.now()) + rules.sessionSeconds;
    for (let sequence = 3; sequence < 203; sequence++) {
      const terms = { meter: 1, sequence, validUntil };
      const request = sessionRequest(t.s.f.domain, terms, one.identityKey, sessionKeyOf(1, 9));
      t.c.concentrator.receive("request", 1, Buffer.from(encodeRequest({ kind: "session", request })));
    }
    t.c.concentrator.receive("report", 2, encodeReport(t.s.report(two, 1)));
    await t.c.settle();
    expect(t.c.concentrator.counts).to.include({ accepted: 1, busy: 180, batches: 1 });
    expect(t.c.refused()).to.deep.equal({ WrongSequence: 20 });
    expect(t.c.told.find(({ ack }) => ack.verdict === "refused")!.ack.reason).to.equal("WrongSequence:2");
    await t.stop();
  });

  it("lets the MDMS say what is missing however much that is: a list fits in a packet", async () => {
    const t = await start(1);
    const { database, since, f, keystore } = t.s;
    const far = 5_000;
    await database.run(
      `INSERT INTO reports (meter, tau, epoch, block, block_time, transaction_hash, payload, state)
       VALUES (1, $1, 1, 1, 1, '0x', NULL, 'opened')`,
      since + far * HALF_HOUR,
    );
    const gaps = (await meterGaps(database, 1, HALF_HOUR))!;
    expect(gaps.missing).to.have.length(400);
    // What it has no room for it does not speak of.
    expect(gaps.after).to.equal(gaps.missing[0]! - HALF_HOUR);
    const mdms = await t.client(MDMS);
    const text = encodeGaps(f.domain, gaps, keystore.identity.privateKey);
    await mdms.publishAsync(topics.gaps(1), text, { qos: 1, retain: true });
    const meter = await t.client("1");
    const arrived = new Promise<Buffer>((got) => meter.once("message", (_, payload) => got(payload)));
    await meter.subscribeAsync(topics.gaps(1), { qos: 1 });
    expect(String(await arrived)).to.equal(text);
    await t.stop();
  });

  it("never stops concentrator, MDMS or meters, whatever bytes come on whatever topic, thousands of times", async () => {
    const t = await start();
    const { s, c } = t;
    const [one] = s.meters as [TestMeter];
    const store = new FleetStore(join(folder, `fuzzed-${made++}.sqlite`), "p");
    store.saveMemory({
      meter: 1,
      saltedId: one.saltedId,
      identityKey: one.identityKey.privateKey,
      mdms: s.mdmsAddress,
      registered: true,
      since: s.since,
      registerWh: 0,
      lastTime: 0,
      session: { sequence: 1, privateKey: sessionKeyOf(1).privateKey, validUntil: 4_000_000_000, open: true },
      nextSession: undefined,
      epoch: undefined,
    });
    const terms = { ...rules, retrySeconds: 1, finalSeconds: 600, capacity: 1_000, window: 16 };
    let now = s.since + 3 * HALF_HOUR + 1;
    const fleet = new Fleet(store, s.f.domain, terms, () => 77);
    const link = {
      connected: true,
      send: (topic: "report" | "request", payload: Uint8Array | string): void =>
        c.concentrator.receive(topic, 1, Buffer.from(payload)),
    };
    fleet.add(1, link, new MeterClock(() => now, 0, 0), s.since);

    const good = encodeReport(s.report(one, 40));
    const epoch = Buffer.from(encodeEpoch(s.epochs.at(-1)!));
    const gapsOf = { meter: 1, after: 0, until: s.since, missing: [] };
    const seeds = [
      Buffer.from(good),
      Buffer.from(encodeGaps(s.f.domain, gapsOf, s.keystore.identity.privateKey)),
      Buffer.from(
        encodeAck({ now, about: { kind: "session", sequence: 1 }, verdict: "refused", reason: "x" }),
      ),
      Buffer.from(
        encodeRequest({
          kind: "registration",
          request: registrationRequest(s.f.domain, one.saltedId, one.identityKey, s.since),
        }),
      ),
    ];
    const mutated = fc
      .record({
        seed: fc.constantFrom(...seeds, epoch),
        at: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        cut: fc.nat(600),
      })
      .map(({ seed, at, cut }) => {
        const bytes = Buffer.from(seed);
        for (const [place, value] of at) bytes[place % bytes.length] = value;
        return bytes.subarray(0, Math.max(1, cut < 400 ? bytes.length : bytes.length - (cut - 400)));
      });
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.json().map((text) => Buffer.from(text)),
      mutated,
    );
    const topic = fc.constantFrom("report", "request", "ack", "gaps", "epoch");
    let messages = 0;
    const run = fc.array(fc.record({ topic, payload, meter: fc.integer({ min: 1, max: 3 }) }), {
      minLength: 60,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(run, async (batch) => {
        for (const { topic: where, payload: bytes, meter } of batch) {
          messages++;
          if (where === "report" || where === "request") c.concentrator.receive(where, meter, bytes);
          else fleet.hear(1, where, bytes);
        }
        now += 60;
        fleet.turn();
        await c.concentrator.turn();
        await s.mdms.turn();
      }),
      { numRuns: 60 },
    );
    expect(messages).to.be.at.least(3_600);
    // And what is right still goes through: the meter's own readings, by its own device.
    fleet.hear(1, "epoch", epoch);
    c.hearers.push((meter, ack) => meter === 1 && fleet.hear(1, "ack", Buffer.from(encodeAck(ack))));
    for (let round = 0; round < 30; round++) {
      now += 60;
      fleet.turn();
      await c.settle();
    }
    await s.mdms.turn();
    expect(await s.stored("P1")).to.include({ 1: 77, 2: 77, 3: 77 });
    store.close();
    await t.stop();
  });
});

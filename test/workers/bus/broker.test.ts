import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect as connectSocket, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import * as fc from "fast-check";
import { afterEach, describe, it } from "mocha";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { Credentials } from "../../../workers/bus/broker/credentials.js";
import { frameLimit } from "../../../workers/bus/broker/frameLimit.js";
import {
  type Broker,
  BrokerUnsafeError,
  openBroker,
  type Refusal,
} from "../../../workers/bus/broker/openBroker.js";
import { connectBus } from "../../../workers/bus/client/connectBus.js";
import { mayPublish, mayReceive, maySubscribe } from "../../../workers/bus/mayUse.js";
import { CONCENTRATOR, MDMS, partyOf, topics } from "../../../workers/bus/topics.js";
import { eventually } from "../../support/eventually.js";
import { temporaryFolder } from "../../support/temporaryFolder.js";

/** The next message that a client gets. */
const nextMessage = (one: MqttClient): Promise<[string, Buffer]> =>
  new Promise((got) => one.once("message", (topic, payload) => got([topic, payload])));
const closedBy = (one: MqttClient): Promise<string> =>
  new Promise((closed) => one.once("close", () => closed("the connection was closed")));
const fails = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "went through",
    (error: unknown) => String(error),
  );

describe("the broker", () => {
  const folder = temporaryFolder();
  const credentials = new Credentials(join(folder, "credentials.json"));
  const passwords = credentials.issue(["7", "8", "70", CONCENTRATOR, MDMS]);
  const refusals: Refusal[] = [];
  let drops = 0;
  const open: { broker?: Broker; clients: MqttClient[] } = { clients: [] };

  async function broker(): Promise<Broker> {
    open.broker = await openBroker({
      host: "127.0.0.1",
      port: 0,
      credentials,
      mostBytes: 512,
      refused: (what) => refusals.push(what),
      dropped: () => drops++,
    });
    return open.broker;
  }

  async function client(username: string, options: IClientOptions = {}): Promise<MqttClient> {
    const connected = await connectAsync(open.broker!.url, {
      username,
      password: passwords.get(username)!,
      clientId: username,
      reconnectPeriod: 0,
      ...options,
    });
    open.clients.push(connected);
    return connected;
  }

  afterEach(async () => {
    for (const one of open.clients.splice(0)) one.end(true);
    await open.broker?.close();
    delete open.broker;
    refusals.length = 0;
  });

  it("carries a report to the concentrator and the answer back", async () => {
    await broker();
    const concentrator = await client(CONCENTRATOR);
    const meter = await client("7");
    await concentrator.subscribeAsync(topics.report("+"), { qos: 1 });
    await meter.subscribeAsync(topics.ack(7), { qos: 1 });
    const arrived = nextMessage(concentrator);
    await meter.publishAsync(topics.report(7), Buffer.alloc(158, 1), { qos: 1 });
    const [topic, payload] = await arrived;
    expect([topic, payload.length]).to.deep.equal(["report/7", 158]);
    const answered = nextMessage(meter);
    await concentrator.publishAsync(topics.ack(7), "{}", { qos: 1 });
    expect((await answered)[0]).to.equal("ack/7");
  });

  it("ends as a program where another has its port", async () => {
    const config = join(folder, "broker.json");
    const port = Number(new URL((await broker()).url).port);
    writeFileSync(config, JSON.stringify({ port, credentials: "credentials.json" }));
    const main = fileURLToPath(new URL("../../../workers/bus/broker/main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", main, config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      const said: string[] = [];
      child.stderr.on("data", (text: Buffer) => said.push(text.toString()));
      // Not "exit", at which what it said may be under way still.
      const [status] = (await once(child, "close")) as [number | null];
      expect(status).to.equal(1);
      expect(said.join("")).to.match(/^[^\n]*EADDRINUSE[^\n]*\n$/u);
    } finally {
      child.kill("SIGKILL");
    }
  }).timeout(60_000);

  it("hands a newcomer the MDMS's key that was retained", async () => {
    await broker();
    const mdms = await client(MDMS);
    await mdms.publishAsync(topics.epoch, "key", { qos: 1, retain: true });
    const meter = await client("8");
    const arrived = nextMessage(meter);
    await meter.subscribeAsync(topics.epoch, { qos: 1 });
    expect(String((await arrived)[1])).to.equal("key");
  });

  it("knows nobody without the right password, nor under another's client id", async () => {
    await broker();
    expect(await fails(client("7", { password: "guess" }))).to.match(/not authori[sz]ed/iu);
    expect(await fails(client("9"))).to.match(/not authori[sz]ed/iu);
    expect(await fails(client("__proto__", { password: "" }))).to.match(/not authori[sz]ed|identifier/iu);
    // A meter that would take the session of another over.
    const victim = await client("8");
    expect(await fails(client("7", { clientId: "8" }))).to.match(/not authori[sz]ed/iu);
    expect(victim.connected).to.equal(true);
    expect(refusals.map(({ reason }) => reason)).to.include.members(["credential", "client-id"]);
  });

  it("lets a meter read and write nothing but its own", async () => {
    await broker();
    for (const filter of [
      "#",
      "ack/#",
      "ack/+",
      "+/7",
      "ack/8",
      "ack/70",
      "report/7",
      "report/+",
      "$SYS/#",
      "gaps/8",
    ]) {
      const meter = await client("7");
      const granted = await meter.subscribeAsync(filter, { qos: 1 }).catch(() => []);
      expect(
        granted.filter(({ qos }) => qos !== 128),
        filter,
      ).to.deep.equal([]);
      meter.end(true);
    }
    const concentrator = await client(CONCENTRATOR);
    await concentrator.subscribeAsync([topics.report("+"), topics.request("+")], { qos: 1 });
    const heard: string[] = [];
    concentrator.on("message", (topic) => heard.push(topic));
    for (const [topic, retain] of [
      ["report/8", false],
      ["report/70", false],
      ["ack/7", false],
      ["epoch", true],
      ["gaps/7", false],
      ["report/7", true],
      ["$SYS/broker", false],
    ] as const) {
      const meter = await client("7");
      const refused = await Promise.race([
        closedBy(meter),
        fails(meter.publishAsync(topic, "x", { qos: 1, retain })),
      ]);
      expect(refused, topic).not.to.equal("went through");
      meter.end(true);
    }
    const honest = await client("8");
    await honest.publishAsync("report/8", "mine", { qos: 1 });
    await eventually("the honest report arrives", () => heard.length > 0);
    expect(heard).to.deep.equal(["report/8"]);
    // What nobody may publish is not retained either.
    const late = await client("70");
    const retained: string[] = [];
    late.on("message", (topic) => retained.push(topic));
    await late.subscribeAsync(topics.epoch, { qos: 1 });
    await late.publishAsync(topics.report(70), "x", { qos: 1 });
    expect(retained).to.deep.equal([]);
  });

  it("takes no will", async () => {
    await broker();
    const will = { topic: "report/8", payload: Buffer.from("from the grave"), qos: 1 as const, retain: true };
    expect(await fails(client("7", { will }))).not.to.equal("went through");
    expect(refusals[0]).to.include({ reason: "will" });
  });

  it("ends a connection that sends more than a packet may have, and no other", async () => {
    await broker();
    const other = await client("8");
    const meter = await client("7");
    const closed = closedBy(meter);
    meter.publish(topics.report(7), Buffer.alloc(2_000), { qos: 1 });
    await closed;
    await other.publishAsync(topics.report(8), "still here", { qos: 1 });
    await eventually("the refusal is told", () => refusals.some(({ reason }) => reason === "packet"));
  });

  it("survives rubbish", async () => {
    await broker();
    const { port } = new URL(open.broker!.url);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = connectSocket(Number(port), "127.0.0.1");
        socket.on("error", () => undefined);
        await once(socket, "connect");
        socket.end(bytes);
        socket.resume();
        await once(socket, "close");
      }),
      { numRuns: 30 },
    );
    const meter = await client("7");
    await meter.publishAsync(topics.report(7), "x", { qos: 1 });
  });

  it("sends away whose credential was revoked", async function () {
    this.timeout(15_000);
    await broker();
    const [name] = [...credentials.issue(["99"]).entries()].map(([user, password]) => {
      passwords.set(user, password);
      return user;
    });
    const meter = await client(name!);
    const closed = closedBy(meter);
    new Credentials(credentials.path).revoke("99");
    await closed;
    expect(await fails(client("99"))).to.match(/not authori[sz]ed/iu);
  });

  it("sends away whose password was replaced, though a newcomer had the file read again", async function () {
    this.timeout(15_000);
    await broker();
    passwords.set("98", credentials.issue(["98"]).get("98")!);
    const replaced = await client("98");
    const other = await client("8");
    const closed = closedBy(replaced);
    const password = new Credentials(credentials.path).issue(["98"]).get("98")!;
    await client("7");
    await closed;
    expect(await fails(client("98"))).to.match(/not authori[sz]ed/iu);
    const substitute = await client("98", { password });
    await other.publishAsync(topics.report(8), "still here", { qos: 1 });
    expect([other.connected, substitute.connected]).to.deep.equal([true, true]);
  });

  it("goes on by what it knows where the file of credentials is damaged, and says so once", async function () {
    this.timeout(15_000);
    const path = join(folder, "damaged.json");
    const own = new Credentials(path);
    const password = own.issue(["7"]).get("7")!;
    const troubles: string[] = [];
    open.broker = await openBroker({
      host: "127.0.0.1",
      port: 0,
      credentials: new Credentials(path),
      mostBytes: 512,
      troubled: (reason) => troubles.push(reason),
    });
    const whole = readFileSync(path, "utf8");
    for (const [length, said] of [
      [whole.length / 2, 1],
      [whole.length, 1],
      [0, 2],
    ] as const) {
      writeFileSync(path, whole.slice(0, length));
      const meter = await client("7", { password });
      await meter.publishAsync(topics.report(7), "x", { qos: 1 });
      meter.end(true);
      await eventually("it is looked at twice", () => troubles.length >= said);
      expect(troubles).to.have.lengthOf(said);
    }
    expect(troubles[0]).to.include("not a file of credentials");
    writeFileSync(path, whole);
  });

  it("has its clients say once why there is no connection, and again when there was one", async function () {
    this.timeout(30_000);
    const first = await broker();
    const port = Number(new URL(first.url).port);
    const said: string[] = [];
    const bus = connectBus(
      { url: first.url, username: "7", password: passwords.get("7")!, keepSession: false },
      [],
      () => undefined,
      (reason) => said.push(reason),
    );
    await eventually("it is connected", () => bus.connected);
    await first.close();
    const refused = createServer((socket) => socket.destroy());
    await eventually("it is said", () => said.length > 0);
    // Tried again and again meanwhile, and then by another end.
    let tries = 0;
    refused.on("connection", () => tries++);
    refused.listen(port, "127.0.0.1");
    await eventually("it is tried", () => tries >= 2);
    await new Promise((closed) => refused.close(closed));
    expect(said)
      .to.have.lengthOf(1)
      .and.to.satisfy(([reason]: string[]) => reason!.includes("ECONNREFUSED"));
    open.broker = await openBroker({ host: "127.0.0.1", port, credentials, mostBytes: 512 });
    await eventually("it is connected again", () => bus.connected);
    await open.broker.close();
    await eventually("it is said again", () => said.length === 2);
    await bus.close();
  });

  it("serves TLS, and goes beyond loopback with it alone", async function () {
    const error = await openBroker({ host: "0.0.0.0", port: 0, credentials, mostBytes: 512 }).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(BrokerUnsafeError);
    const certFile = join(folder, "cert.pem");
    const keyFile = join(folder, "key.pem");
    try {
      execFileSync(
        "openssl",
        `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1
         -addext subjectAltName=IP:127.0.0.1 -keyout ${keyFile} -out ${certFile}`.split(/\s+/u),
        { stdio: "pipe" },
      );
    } catch {
      process.stdout.write("    skipped: no openssl here to make a certificate\n");
      this.skip();
    }
    const tls = { certFile, keyFile };
    open.broker = await openBroker({ host: "127.0.0.1", port: 0, credentials, mostBytes: 512, tls });
    expect(open.broker.url).to.match(/^mqtts:/u);
    expect(await fails(client("7"))).to.match(/self.signed|certificate/iu);
    const meter = await client("7", { ca: readFileSync(certFile) });
    await meter.publishAsync(topics.report(7), "x", { qos: 1 });
  });

  it("keeps 10,000 reports for a concentrator that is away, and says how many more came", async function () {
    this.timeout(60_000);
    await broker();
    const concentrator = await client(CONCENTRATOR, { clean: false });
    await concentrator.subscribeAsync(topics.report("+"), { qos: 1 });
    await concentrator.endAsync();
    await eventually("it is gone", () => open.broker!.clients === 0);
    const meter = await client("7");
    for (let sent = 0; sent < 10_003; sent += 1_000) {
      const batch = Array.from({ length: Math.min(1_000, 10_003 - sent) }, () =>
        meter.publishAsync(topics.report(7), Buffer.alloc(158), { qos: 1 }),
      );
      await Promise.all(batch);
    }
    expect(drops).to.equal(3);
  });

  it("keeps passwords nowhere, and their hashes from others", () => {
    expect(statSync(credentials.path).mode & 0o777).to.equal(0o600);
    expect(credentials.check("7", Buffer.from(passwords.get("7")!))).to.equal(true);
    expect(credentials.check("7", Buffer.from(passwords.get("8")!))).to.equal(false);
  });
});

/** A packet of MQTT with that many bytes after its header. */
const packet = (length: number): Buffer => {
  const header = [0x30];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    header.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length)]);
};

describe("frameLimit", () => {
  it("passes any split of small packets on, and stops at the first large header", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 97 }),
        fc.option(fc.integer({ min: 501, max: 200_000_000 }), { nil: undefined }),
        async (lengths, step, large) => {
          const sound = Buffer.concat(lengths.map(packet));
          const header = large === undefined ? Buffer.alloc(0) : packet(Math.min(large, 40_000));
          const all = Buffer.concat([sound, header]);
          const limit = frameLimit(500);
          const out: Buffer[] = [];
          limit.on("data", (chunk: Buffer) => out.push(chunk));
          limit.on("error", () => undefined);
          for (let at = 0; at < all.length && !limit.destroyed; at += step) {
            limit.write(all.subarray(at, at + step));
            await new Promise(setImmediate);
          }
          expect(limit.destroyed).to.equal(large !== undefined);
          if (!limit.destroyed) expect(Buffer.concat(out).equals(all)).to.equal(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("who may use which topic", () => {
  it("gives a meter nothing of another's, whatever the numbers", () => {
    const number = fc.integer({ min: 1, max: 0xffff_ffff });
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(a !== b);
        const party = partyOf(String(a))!;
        for (const topic of [topics.report(b), topics.request(b), topics.ack(b), topics.gaps(b)]) {
          expect(
            mayPublish(party, topic, false) || maySubscribe(party, topic) || mayReceive(party, topic),
          ).to.equal(false);
        }
        expect(mayPublish(party, topics.report(a), false)).to.equal(true);
        expect(mayReceive(party, topics.ack(a))).to.equal(true);
      }),
    );
  });

  it("takes no odd name for a meter", () => {
    for (const name of ["", "0", "01", "7 ", "+", "#", "4294967296", "7/8", "-7", "1e3"]) {
      expect(partyOf(name), name).to.equal(undefined);
    }
  });
});

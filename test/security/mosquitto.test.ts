import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { connectBus } from "../../workers/bus/client/connectBus.js";
import { CONCENTRATOR, MDMS, meterOfTopic, topics } from "../../workers/bus/topics.js";
import { decodeAck, encodeAck } from "../../workers/metering/messages/ack.js";
import { encodeEpoch } from "../../workers/metering/messages/epochMessage.js";
import { encodeReport } from "../../workers/metering/report/encodeReport.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/freePorts.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { meteringScene, openConcentrator } from "./meteringScene.js";

const PAGE = fileURLToPath(new URL("../../docs/broker.md", import.meta.url));
const USERS = ["1", "2", "12", CONCENTRATOR, MDMS];
const passwordOf = (user: string): string => `of ${user}`;

/** A block of the page, by its language. */
function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "u").exec(
    readFileSync(PAGE, "utf8"),
  )!;
  return text!;
}

function find(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/bin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What a client hears from now on, `topic payload`. */
const hears = (one: MqttClient): string[] => {
  const heard: string[] = [];
  one.on("message", (topic, payload) => heard.push(`${topic} ${String(payload)}`));
  return heard;
};

/* Mosquitto with the files of docs/broker.md. */
describe("metering over Mosquitto", function suite() {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const certFile = join(folder, "cert.pem");
  let server: ChildProcess | undefined;
  let url: string;
  const clients: MqttClient[] = [];

  before(async function start() {
    const [mosquitto, hash, openssl] = ["mosquitto", "mosquitto_passwd", "openssl"].map(find);
    if (mosquitto === undefined || hash === undefined || openssl === undefined) {
      process.stdout.write(
        "    skipped: no Mosquitto or no openssl here (Debian: apt install mosquitto openssl)\n",
      );
      this.skip();
    }
    execFileSync(
      openssl,
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1
       -addext subjectAltName=IP:127.0.0.1 -keyout ${join(folder, "key.pem")} -out ${certFile}`.split(/\s+/u),
      { stdio: "pipe" },
    );
    const passwords = USERS.map((user) => `${user}:${passwordOf(user)}\n`).join("");
    writeFileSync(join(folder, "passwords"), passwords, { mode: 0o600 });
    execFileSync(hash, ["-U", join(folder, "passwords")], { stdio: "pipe" });
    expect(readFileSync(join(folder, "passwords"), "utf8")).not.to.include(passwordOf("1"));
    writeFileSync(join(folder, "acl"), block("acl"), { mode: 0o600 });
    const port = await freePorts(1);
    const config = block("conf")
      .replaceAll("/etc/mosquitto/gridproof", folder)
      .replace("/var/lib/mosquitto/", `${folder}/`)
      .replace("listener 8883", `listener ${port} 127.0.0.1`);
    // Started as root it would go on as a user who may not read a test's files.
    const as = process.getuid?.() === 0 ? "user root\n" : "";
    writeFileSync(join(folder, "mosquitto.conf"), config + as, { mode: 0o600 });
    server = spawn(mosquitto, ["-c", join(folder, "mosquitto.conf")], { stdio: "ignore" });
    url = `mqtts://127.0.0.1:${port}`;
    await eventually("Mosquitto answers", async () => {
      if (server!.exitCode !== null) throw new Error(`Mosquitto ended with ${server!.exitCode}`);
      return await client(MDMS).then(
        () => true,
        () => false,
      );
    });
  });
  after(async () => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  });
  afterEach(() => {
    for (const one of clients.splice(0)) one.end(true);
  });

  async function client(username: string, options: IClientOptions = {}): Promise<MqttClient> {
    const connected = await connectAsync(url, {
      username,
      password: passwordOf(username),
      clientId: username,
      reconnectPeriod: 0,
      ca: readFileSync(certFile),
      ...options,
    });
    clients.push(connected);
    return connected;
  }
  const refused = async (username: string, options: IClientOptions): Promise<string> =>
    await client(username, options).then(
      () => "connected",
      (error: unknown) => String(error),
    );

  it("knows nobody without the right password, and serves TLS alone", async () => {
    expect(await refused("1", { password: "guess" })).to.match(/not authori[sz]ed/iu);
    expect(await refused("9", {})).to.match(/not authori[sz]ed/iu);
    expect(await refused("1", { username: "", password: "" })).to.match(/not authori[sz]ed|bad/iu);
    const plain = await connectAsync(url.replace("mqtts", "mqtt"), {
      username: "1",
      password: passwordOf("1"),
      reconnectPeriod: 0,
      connectTimeout: 3_000,
    }).then(
      () => "connected",
      (error: unknown) => String(error),
    );
    expect(plain).not.to.equal("connected");
  });

  it("lets a meter hear and say nothing but its own, by wildcards, retained messages, wills or another's client id", async () => {
    const concentrator = await client(CONCENTRATOR);
    await concentrator.subscribeAsync([topics.report("+"), topics.request("+")], { qos: 1 });
    const collected = hears(concentrator);
    const mdms = await client(MDMS);
    const victim = await client("2");
    const own = hears(victim);
    await victim.subscribeAsync([topics.ack(2), topics.gaps(2), topics.epoch], { qos: 1 });

    // Its last will would speak for another; it says it is another client; it subscribes to all.
    const will = {
      topic: topics.report(2),
      payload: Buffer.from("from the grave"),
      qos: 1 as const,
      retain: true,
    };
    const evil = await client("1", { clientId: "2", will }).catch(
      async () => await client("1", { clientId: "2" }),
    );
    expect(victim.connected).to.equal(true);
    const heard = hears(evil);
    for (const filter of [
      "#",
      "+/+",
      "ack/#",
      "ack/+",
      "ack/2",
      "ack/12",
      "gaps/+",
      "report/#",
      "report/2",
      "$SYS/#",
    ])
      await evil.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
    for (const topic of [
      "report/2",
      "request/2",
      "report/12",
      "ack/2",
      "ack/1",
      "gaps/2",
      "gaps/1",
      "epoch",
      "report/1/2",
    ])
      for (const retain of [false, true])
        await evil.publishAsync(topic, `forged ${topic}`, { qos: 1, retain }).catch(() => undefined);
    await evil.publishAsync("report/1", "mine", { qos: 1 });
    await concentrator.publishAsync(topics.ack(2), "for 2", { qos: 1 });
    await concentrator.publishAsync(topics.ack(12), "for 12", { qos: 1 });
    await concentrator.publishAsync(topics.ack(1), "for 1", { qos: 1 });
    await mdms.publishAsync(topics.gaps(2), "gaps of 2", { qos: 1, retain: true });
    await mdms.publishAsync(topics.epoch, "the key", { qos: 1, retain: true });
    await victim.publishAsync("report/2", "true", { qos: 1 });
    await eventually("what is meant for them", () => own.length >= 3 && new Set(heard).size >= 2);
    // It dies without a goodbye: now the broker would speak its will.
    evil.stream.destroy();
    await eventually("the reports", () => collected.includes("report/2 true"));
    // A message after the will's time, by which all before has come.
    await victim.publishAsync("request/2", "last", { qos: 1 });
    await eventually("the last", () => collected.includes("request/2 last"));

    expect(new Set(heard)).to.deep.equal(new Set(["ack/1 for 1", "epoch the key"]));
    expect(own.sort()).to.deep.equal(["ack/2 for 2", "epoch the key", "gaps/2 gaps of 2"]);
    expect(collected.sort()).to.deep.equal(["report/1 mine", "report/2 true", "request/2 last"]);
    // Nothing of the forged is retained for who comes later.
    const late = await client("12");
    const retained = hears(late);
    await late.subscribeAsync([topics.ack(12), topics.gaps(12), topics.epoch], { qos: 1 });
    await eventually("the retained key", () => retained.length > 0);
    expect(retained).to.deep.equal(["epoch the key"]);
  });

  it("passes no message on that is larger than one may be", async () => {
    const concentrator = await client(CONCENTRATOR);
    await concentrator.subscribeAsync(topics.report("+"), { qos: 1 });
    const collected = hears(concentrator);
    const meter = await client("1");
    meter.on("error", () => undefined);
    const closed = new Promise<void>((done) => meter.once("close", () => done()));
    const sent = meter.publishAsync(topics.report(1), Buffer.alloc(5_000, "x"), { qos: 1 });
    await Promise.race([closed, sent.catch(() => undefined)]);
    const other = await client("2");
    await other.publishAsync(topics.report(2), "small", { qos: 1 });
    await eventually("the small one", () => collected.length > 0);
    expect(collected).to.deep.equal(["report/2 small"]);
  });

  it("carries a report from a meter over the concentrator to the chain, and the answers back", async () => {
    const s = await meteringScene(folder, "mosquitto");
    const c = await openConcentrator(s, folder, "mosquitto");
    const heard: string[] = [];
    const options = { url, caFile: certFile, keepSession: false };
    const failures: string[] = [];
    const meter = connectBus(
      { ...options, username: "1", password: passwordOf("1") },
      [topics.ack(1), topics.gaps(1), topics.epoch],
      (topic, payload) => heard.push(topic === topics.epoch ? String(payload) : decodeAck(payload)!.verdict),
      (reason) => failures.push(reason),
    );
    const bus = connectBus(
      { ...options, username: CONCENTRATOR, password: passwordOf(CONCENTRATOR) },
      [topics.report("+"), topics.request("+")],
      (topic, payload) =>
        c.concentrator.receive(
          topic.startsWith("report/") ? "report" : "request",
          meterOfTopic(topic)!,
          payload,
        ),
      (reason) => failures.push(reason),
    );
    c.hearers.push((number, ack) => void bus.publish(topics.ack(number), encodeAck(ack)));
    await eventually("both are connected", () => meter.connected && bus.connected);
    const mdms = await client(MDMS);
    const epoch = encodeEpoch(s.epochs.at(-1)!);
    await mdms.publishAsync(topics.epoch, epoch, { qos: 1, retain: true });
    await eventually("the epoch key", () => heard.includes(epoch));
    await meter.publish(topics.report(1), encodeReport(s.report(s.meters[0]!, 3)));
    await eventually("the report", () => c.concentrator.counts.received > 0);
    await c.settle();
    await eventually("the answers", () => heard.includes("final"));
    await s.mdms.turn();
    expect(await s.stored("P1")).to.deep.equal({ 3: 103 });
    expect(failures).to.deep.equal([]);
    await meter.close();
    await bus.close();
    c.store.close();
    await s.database.close();
  });
});

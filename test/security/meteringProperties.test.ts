import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { concat, getBytes, hexlify, recoverAddress, Signature, toBeHex, TypedDataEncoder } from "ethers";
import { describe, it } from "mocha";
import { drawKeyPair } from "../../workers/crypto/keyPair.js";
import { addressOfKey } from "../../workers/crypto/addressOfKey.js";
import { ORDER } from "../../workers/crypto/curve.js";
import { readReports } from "../../workers/metering/chain/reportEvents.js";
import { identityHash } from "../../workers/metering/identityHash.js";
import { checkEpochKey } from "../../workers/metering/keys/checkEpochKey.js";
import { epochOpening } from "../../workers/metering/keys/epochOpening.js";
import { mdmsRegistration } from "../../workers/metering/keys/mdmsRegistration.js";
import { registrationRequest } from "../../workers/metering/keys/registrationRequest.js";
import { sessionRequest } from "../../workers/metering/keys/sessionRequest.js";
import { MdmsKeystore } from "../../workers/metering/mdms/keys/mdmsKeystore.js";
import { decodeGaps, encodeGaps } from "../../workers/metering/messages/gapsMessage.js";
import type { MeterMemory, MeterStore } from "../../workers/metering/meter/memory.js";
import { MeterDevice, type MeterTerms } from "../../workers/metering/meter/meterDevice.js";
import { ciphertextHash } from "../../workers/metering/report/ciphertextHash.js";
import { signReport } from "../../workers/metering/report/createReport.js";
import { decodeReport, readFields } from "../../workers/metering/report/decodeReport.js";
import { encodeReport } from "../../workers/metering/report/encodeReport.js";
import { LAYOUT } from "../../workers/metering/report/layout.js";
import { openUsage } from "../../workers/metering/report/openUsage.js";
import type { UsageReport } from "../../workers/metering/report/types.js";
import {
  flipped,
  openSessions,
  outcome,
  rules,
  sessionKeyOf,
  testMeter,
  type TestMeter,
} from "../contracts/metering/meteringFixture.js";
import { refusal } from "../contracts/measurement/ledgerFixture.js";
import { temporaryFolder } from "../support/temporaryFolder.js";
import { flawOf } from "../workers/metering/report/reportFixture.js";
import { HALF_HOUR, meteringScene, openConcentrator, PASSWORD, type Scene } from "./meteringScene.js";
import { privateOf } from "./privateOf.js";

const METER_TERMS: MeterTerms = {
  intervalSeconds: HALF_HOUR,
  sessionSeconds: rules.sessionSeconds,
  overlapSeconds: rules.overlapSeconds,
  retrySeconds: 60,
  finalSeconds: 600,
  capacity: 1_000,
  window: 16,
};

const pair = (s: Scene): [TestMeter, TestMeter] => s.meters as [TestMeter, TestMeter];

const reasons = async (s: Scene, reports: readonly (UsageReport | Uint8Array)[]): Promise<string[]> =>
  (await outcome(s.f, reports)).reasons;

/** Opens every report on the chain with every key, as whatever epoch it says it is of. */
const openable = async (s: Scene, held: readonly Uint8Array[]): Promise<number[]> => {
  const { accepted } = await readReports(s.provider, s.f.address, 0, await s.provider.getBlockNumber());
  const opened = accepted.filter(({ report }) => {
    const { hid } = s.meters.find(({ meter }) => meter === report.meter)!;
    return held.some((privateKey) =>
      [report.epoch, report.epoch + 256].some((epoch) => {
        return flawOf(() => openUsage(s.f.domain, hid, report, { epoch, privateKey })) === "none";
      }),
    );
  });
  return opened.map(({ report }) => (report.time - s.since) / HALF_HOUR);
};

const word = (value: bigint): Uint8Array => getBytes(toBeHex(value, 32));

/** A meter as it leaves provisioning, enrolled, with one reading. */
const meterDevice = (s: Scene, mdms: string, now: number): MeterDevice => {
  const { meter, saltedId, identityKey } = s.meters[0]!;
  const memory: MeterMemory = {
    meter,
    saltedId,
    identityKey: identityKey.privateKey,
    mdms,
    registered: true,
    since: s.since,
    registerWh: 0,
    lastTime: 0,
    session: {
      sequence: 1,
      privateKey: sessionKeyOf(meter).privateKey,
      validUntil: now + 80_000,
      open: true,
    },
    nextSession: undefined,
    epoch: undefined,
  };
  const nowhere: MeterStore = {
    saveMemory: () => undefined,
    saveReading: () => undefined,
    dropReading: () => undefined,
  };
  const device = new MeterDevice(memory, [], nowhere, s.f.domain, METER_TERMS);
  device.measure(s.since + HALF_HOUR, 4_321);
  return device;
};

const reportsOf = (device: MeterDevice, now: number): UsageReport[] =>
  device.due(now).flatMap((one) => (one.kind === "report" ? [decodeReport(one.payload)] : []));

/* Paper 002, Table 4 (F1 to F8) and section 5.4, each attacked on the contract, the concentrator, the MDMS or the meter. */
describe("paper 002, Table 4", function suite() {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let made = 0;
  const scene = async (meterCount = 2, epochSeconds = 172_800): Promise<Scene> =>
    await meteringScene(folder, `scene-${made++}`, meterCount, epochSeconds);
  const concentratorOf = async (s: Scene, mostQueued?: number) =>
    await openConcentrator(s, folder, `concentrator-${made++}`, mostQueued);

  /** All that somebody has who took the MDMS: its files, its password, what its process holds. */
  const loot = (s: Scene, name: string) => {
    const taken = join(folder, name);
    mkdirSync(taken);
    for (const path of [s.keystore.path, s.where]) {
      const file = path.slice(folder.length + 1);
      for (const one of readdirSync(folder).filter((other) => other.startsWith(file)))
        cpSync(join(folder, one), join(taken, one));
    }
    const keystore = MdmsKeystore.open(join(taken, s.keystore.path.slice(folder.length + 1)), PASSWORD);
    const inMemory = JSON.parse(privateOf(s.keystore, "#saved")) as { epochs: Record<string, string> };
    const held = [keystore, s.keystore].flatMap((from) => [
      from.identity.privateKey,
      ...from.epochs().map((epoch) => from.epoch(epoch)!.privateKey),
    ]);
    const bytes = Buffer.concat(readdirSync(taken).map((one) => readFileSync(join(taken, one))));
    return { held, bytes, inMemory, epochs: keystore.epochs() };
  };

  describe("F1: perfect forward secrecy", () => {
    it("opens nothing of an epoch that is over to who takes all that the MDMS holds", async () => {
      const s = await scene(2, 7_200);
      const [one, two] = pair(s);
      await s.f.metering.submit(concat([1, 2, 3].map((n) => hexlify(encodeReport(s.report(one, n))))));
      await s.f.metering.submit(hexlify(encodeReport(s.report(two, 4))));
      await s.mdms.turn();
      expect(await s.stored("P1")).to.deep.equal({ 1: 101, 2: 102, 3: 103 });
      // As long as the epoch lasts, who takes the MDMS reads it: the attack is a real one.
      const before = loot(s, "before");
      expect(await openable(s, before.held)).to.deep.equal([1, 2, 3, 4]);

      // The next epoch opens; the overlap passes; the key goes.
      await s.pass(4_000);
      await s.mdms.turn();
      await s.f.metering.submit(hexlify(encodeReport(s.report(one, 5))));
      await s.pass(3_700);
      await s.mdms.turn();
      const after = loot(s, "after");
      expect(after.epochs).not.to.include(1);
      expect(Object.keys(after.inMemory.epochs)).not.to.include("1");
      expect(await openable(s, after.held)).to.deep.equal([5]);
      // Nor are the key's bytes anywhere in what was taken, sealed or plain, in any writing.
      const [, gone] = before.held as [Uint8Array, Uint8Array];
      for (const text of [
        Buffer.from(gone),
        Buffer.from(hexlify(gone).slice(2)),
        Buffer.from(Buffer.from(gone).toString("base64")),
        Buffer.from(before.inMemory.epochs["1"]!),
      ]) {
        expect(after.bytes.includes(text)).to.equal(false);
      }
      expect(before.bytes.includes(Buffer.from(before.inMemory.epochs["1"]!))).to.equal(true);
      // No meter's key opens a report either, not even the session key that signed it.
      const keys = s.meters.flatMap(({ meter, identityKey }) => [
        identityKey.privateKey,
        sessionKeyOf(meter).privateKey,
      ]);
      expect(await openable(s, keys)).to.deep.equal([]);
      await s.database.close();
    });
  });

  describe("F2: key replacement attack", () => {
    it("puts no key in a meter's place without its identity key, nor one that served or is another's", async () => {
      const s = await scene();
      const [one, two] = pair(s);
      const evil = drawKeyPair();
      const validUntil = (await s.f.now()) + rules.sessionSeconds;
      const terms = { meter: 1, sequence: 2, validUntil };
      const honest = sessionRequest(s.f.domain, terms, one.identityKey, sessionKeyOf(1, 2));
      const attempts = [
        sessionRequest(s.f.domain, terms, evil, evil),
        sessionRequest(s.f.domain, terms, two.identityKey, evil),
        // The meter's own request with another key in it, with and without a proof of possession for it.
        { ...honest, key: addressOfKey(evil.publicKey) },
        { ...sessionRequest(s.f.domain, terms, evil, evil), r: honest.r, vs: honest.vs },
        // A key of another meter, and the meter's own from before.
        sessionRequest(s.f.domain, terms, one.identityKey, sessionKeyOf(2)),
        sessionRequest(s.f.domain, terms, one.identityKey, sessionKeyOf(1)),
        // A key that the meter was talked into and nobody has shown to hold.
        { ...honest, keyR: honest.r, keyVs: honest.vs },
        // The request of the session that is open, once more.
        sessionRequest(s.f.domain, { ...terms, sequence: 1 }, one.identityKey, sessionKeyOf(1)),
      ];
      const receipt = (await (await s.f.metering.openSessions([...attempts, honest])).wait())!;
      const said = receipt.logs.map((log) => s.f.metering.interface.parseLog(log)!);
      expect(said.map(({ name, args }) => (name === "SessionDeclined" ? Number(args["reason"]) : name)))
        .to.deep // BadSignature ×4, KeyUsed ×2, NotPossessed, WrongSequence
        .equal([4, 4, 4, 4, 8, 8, 10, 7, "SessionOpened"]);
      await s.database.close();
    });

    it("makes no use of a session key that was taken, once the next is open and the overlap is over", async () => {
      const s = await scene();
      const [one] = pair(s);
      // While it holds, a stolen key signs: the attack is a real one.
      expect(await reasons(s, [s.report(one, 1)])).to.deep.equal(["None"]);
      await openSessions(s.f, [one], 2);
      await s.pass(rules.overlapSeconds + 1);
      expect(await reasons(s, [s.report(one, 2), s.report(one, 2, 1, 2)])).to.deep.equal(["Expired", "None"]);
      await s.database.close();
    });

    it("puts no epoch key in the MDMS's place", async () => {
      const s = await scene();
      const evil = drawKeyPair();
      const until = (await s.f.now()) + 86_400;
      const { publicKey, validUntil, r, vs, keyR, keyVs } = epochOpening(s.f.domain, 2, until, evil, evil);
      const call = s.f.anyone.openEpoch(2, publicKey, validUntil, r, vs, keyR, keyVs);
      expect((await refusal(call)).name).to.equal("MeteringBadSignature");
      await s.database.close();
    });
  });

  describe("F3: message integrity", () => {
    it("finds every change of a ciphertext, with its hash made afresh, and takes the rest of the batch", async () => {
      const s = await scene();
      const [one, two] = pair(s);
      const report = s.report(one, 1);
      const altered = Array.from({ length: 53 * 8 }, (_, bit) => {
        const bytes = flipped(report, 9 * 8 + bit);
        return withBytes(bytes, LAYOUT.hash.at, ciphertextHash(readFields(bytes)));
      });
      const { reasons: said, accepted } = await outcome(s.f, [...altered, encodeReport(s.report(two, 1))]);
      expect(new Set(said.slice(0, -1))).to.deep.equal(new Set(["BadSignature"]));
      expect(accepted.map(({ report: { meter } }) => meter)).to.deep.equal([2]);
      // Without the hash made afresh it is the hash that says so; and what no signature covers is what the tag covers.
      expect(await reasons(s, [flipped(report, 9 * 8)])).to.deep.equal(["HashMismatch"]);
      const resealed = signReport(
        s.f.domain,
        { ...report, sealedUsage: report.sealedUsage.map((byte) => byte ^ 1) },
        sessionKeyOf(1).privateKey,
      );
      const { privateKey } = s.keystore.epoch(1)!;
      expect(flawOf(() => openUsage(s.f.domain, one.hid, resealed, { epoch: 1, privateKey }))).to.equal(
        "undecryptable",
      );
      await s.database.close();
    });
  });

  describe("F4: authentication", () => {
    it("takes reports of registered meters alone, from concentrators alone", async () => {
      const s = await scene();
      const [one] = pair(s);
      const unknown = testMeter(9);
      const stored = testMeter(3);
      await s.f.utility.storeIdentities([stored.hid]);
      expect(
        await reasons(s, [s.report(unknown, 1), s.report(stored, 1), s.report(one, 1), s.report(one, 2)]),
      ).to.deep.equal(["Unknown", "Unknown", "None", "None"]);
      const batch = hexlify(encodeReport(s.report(one, 3)));
      for (const sender of [s.f.anyone, s.f.utility])
        expect((await refusal(sender.submit(batch))).name).to.equal("MeteringNotConcentrator");
      // The same through a concentrator, which spends no gas on them.
      const c = await concentratorOf(s);
      for (const meter of [unknown, stored])
        c.concentrator.receive("report", meter.meter, encodeReport(s.report(meter, 1)));
      await c.settle();
      expect([c.refused(), c.concentrator.counts.batches]).to.deep.equal([{ Unknown: 2 }, 0]);
      c.store.close();
      await s.database.close();
    });
  });

  describe("F5: signature correctness", () => {
    it("takes no signature but the session key's, in its one form, over this report", async () => {
      const s = await scene();
      const [one, two] = pair(s);
      const report = s.report(one, 1);
      const other = s.report(one, 2);
      const { r, yParity, s: low } = Signature.from(hexlify(report.signature));
      // The other root of the same signature does not fit 255 bits with a parity: what is left of it is another number.
      const high = getBytes(toBeHex(ORDER - BigInt(low), 32));
      if (yParity === 0) high[0]! |= 0x80;
      const forgeries = [
        concat([r, high]),
        concat([word(0n), word(0n)]),
        concat([word(0n), low]),
        concat([r, word(0n)]),
        concat([word(ORDER), low]),
        concat([word(2n ** 256n - 1n), low]),
        hexlify(other.signature),
        hexlify(signReport(s.f.domain, report, sessionKeyOf(2).privateKey).signature),
        hexlify(signReport(s.f.domain, report, one.identityKey.privateKey).signature),
      ].map((signature) => withBytes(encodeReport(report), LAYOUT.signature.at, getBytes(signature)));
      const { reasons: said } = await outcome(s.f, [...forgeries, encodeReport(s.report(two, 1))]);
      expect(new Set(said.slice(0, -1))).to.deep.equal(new Set(["BadSignature"]));
      expect(said.at(-1)).to.equal("None");
      // Every bit of the signature counts.
      const bits = Array.from({ length: 512 }, (_, bit) => flipped(report, 94 * 8 + bit));
      expect(new Set(await reasons(s, bits))).to.deep.equal(new Set(["BadSignature"]));

      // What was taken, verified by somebody else's library against the key that the chain names.
      expect(await reasons(s, [report, other])).to.deep.equal(["None", "None"]);
      const { accepted } = await readReports(s.provider, s.f.address, 0, await s.provider.getBlockNumber());
      const key = (await s.f.anyone.meterAt(1)).key;
      const domain = {
        name: "GridProof Metering",
        version: "1",
        chainId: s.f.domain.chainId,
        verifyingContract: s.f.address,
      };
      const types = {
        UsageReport: [
          { name: "meter", type: "uint32" },
          { name: "time", type: "uint32" },
          { name: "epoch", type: "uint8" },
          { name: "ciphertext", type: "bytes" },
        ],
      };
      const own = accepted.filter(({ report: { meter } }) => meter === 1);
      expect(own).to.have.length(2);
      for (const { report: taken, bytes } of own) {
        const { meter, time, epoch } = taken;
        const digest = TypedDataEncoder.hash(domain, types, {
          meter,
          time,
          epoch,
          ciphertext: bytes.slice(9, 62),
        });
        expect(recoverAddress(digest, Signature.from(hexlify(taken.signature)))).to.equal(key);
      }
      await s.database.close();
    });
  });

  describe("F6: man in the middle", () => {
    it("gets nothing to read by putting in its own key: the meter encrypts to no key that the MDMS did not sign", async () => {
      const s = await scene();
      const now = await s.f.now();
      const evil = drawKeyPair();
      const genuine = s.epochs.at(-1)!;
      const own = epochOpening(s.f.domain, genuine.epoch, genuine.validUntil, evil, evil);
      const device = meterDevice(s, s.mdmsAddress, now);
      for (const put of [
        own,
        { ...own, epoch: genuine.epoch + 1 },
        // The MDMS's own signature beside another key, another number, a later end.
        { ...genuine, publicKey: own.publicKey },
        { ...genuine, epoch: genuine.epoch + 1 },
        { ...genuine, validUntil: genuine.validUntil + 1 },
        // Signed by the MDMS, for another chain and another contract.
        epochOpening({ ...s.f.domain, chainId: 1n }, 2, genuine.validUntil, s.keystore.identity, evil),
        epochOpening({ ...s.f.domain, metering: `0x${"0a".repeat(20)}` }, 2, 9e8, s.keystore.identity, evil),
      ]) {
        expect(() => device.hearEpoch(put, now)).to.throw("bad-signature");
      }
      expect(reportsOf(device, now)).to.deep.equal([]);
      device.hearEpoch(genuine, now);
      const [report] = reportsOf(device, now);
      const secret = { epoch: genuine.epoch, privateKey: evil.privateKey };
      expect(flawOf(() => openUsage(s.f.domain, s.meters[0]!.hid, report!, secret))).to.equal(
        "undecryptable",
      );

      // A meter that took whatever key it is given would tell it all.
      const credulous = meterDevice(s, addressOfKey(evil.publicKey), now);
      credulous.hearEpoch(own, now);
      const [told] = reportsOf(credulous, now);
      expect(openUsage(s.f.domain, s.meters[0]!.hid, told!, secret).usageWh).to.equal(4_321);
      expect(() => checkEpochKey(s.f.domain, own, s.mdmsAddress, now)).to.throw("bad-signature");
      await s.database.close();
    });

    it("puts nothing of its own in a report's place, and makes up no list of gaps that would have readings dropped", async () => {
      const s = await scene();
      const [one, two] = pair(s);
      const report = s.report(one, 1);
      // Encrypted afresh by the concentrator, with the meter's signature; under another meter's name; at another time.
      const fresh = s.report(one, 1, 1);
      expect(
        await reasons(s, [
          { ...fresh, signature: report.signature },
          { ...report, meter: two.meter },
          { ...report, time: report.time + HALF_HOUR },
        ]),
      ).to.deep.equal(["BadSignature", "BadSignature", "BadSignature"]);
      const evil = drawKeyPair();
      const all = { meter: 1, after: 0, until: report.time, missing: [] };
      const forged = Buffer.from(encodeGaps(s.f.domain, all, evil.privateKey));
      const ofAnother = Buffer.from(
        encodeGaps(s.f.domain, { ...all, meter: 2 }, s.keystore.identity.privateKey),
      );
      for (const payload of [forged, ofAnother])
        expect(decodeGaps(s.f.domain, 1, payload, s.mdmsAddress)).to.equal(undefined);
      await s.database.close();
    });
  });

  describe("F7: impersonation", () => {
    it("registers nobody with another's identity, as meter or as MDMS, even with its serial number and salt", async () => {
      const s = await scene();
      const victim = testMeter(3);
      const evil = drawKeyPair();
      await s.f.utility.storeIdentities([victim.hid]);
      const honest = registrationRequest(s.f.domain, victim.saltedId, victim.identityKey, s.since);
      const attempts = [
        registrationRequest(s.f.domain, victim.saltedId, evil, s.since),
        { ...registrationRequest(s.f.domain, victim.saltedId, evil, s.since), identity: honest.identity },
        { ...honest, since: s.since + HALF_HOUR },
      ];
      const receipt = (await (await s.f.metering.registerMeters([...attempts, honest])).wait())!;
      const said = receipt.logs.map((log) => s.f.metering.interface.parseLog(log)!);
      expect(said.map(({ name, args }) => (name === "RegistrationDeclined" ? Number(args["reason"]) : name)))
        .to // UnknownIdentity, BadSignature ×2
        .deep.equal([1, 4, 4, "MeterRegistered"]);
      const asMdms = mdmsRegistration(s.f.domain, s.keystore.saltedId, evil);
      const { saltedId, identity, r, vs } = asMdms;
      const tried = (await (await s.f.anyone.registerMdms(saltedId, identity, r, vs)).wait())!;
      const [answer] = tried.logs.map((log) => s.f.metering.interface.parseLog(log)!);
      expect([answer!.name, Number(answer!.args["reason"])]).to.deep.equal(["RegistrationDeclined", 1]);
      expect(identityHash(victim.saltedId, addressOfKey(evil.publicKey))).not.to.equal(victim.hid);
      await s.database.close();
    });

    it("lets no meter speak for another at a concentrator", async () => {
      const s = await scene();
      const [one, two] = pair(s);
      const c = await concentratorOf(s);
      // Meter 2 brings meter 1's report under its own name, its own as meter 1's, and one that it signed for meter 1.
      c.concentrator.receive("report", 2, encodeReport(s.report(one, 1)));
      c.concentrator.receive("report", 1, encodeReport(s.report(two, 1)));
      const signed = signReport(s.f.domain, s.report(one, 1), sessionKeyOf(2).privateKey);
      c.concentrator.receive("report", 1, encodeReport(signed));
      c.concentrator.receive("report", 1, encodeReport(s.report(one, 2)));
      await c.settle();
      expect(c.refused()).to.deep.equal({ "other-meter": 2, BadSignature: 1 });
      await s.mdms.turn();
      expect([await s.stored("P1"), await s.stored("P2")]).to.deep.equal([{ 2: 102 }, {}]);
      c.store.close();
      await s.database.close();
    });
  });

  describe("F8: replay", () => {
    it("takes no report twice, later, elsewhere or from another concentrator", async () => {
      const s = await scene();
      const [one] = pair(s);
      const report = s.report(one, 1);
      expect(await reasons(s, [report, report])).to.deep.equal(["None", "Duplicate"]);
      await s.f.utility.appointConcentrator(s.f.otherConcentrator.address);
      const through = { metering: s.f.metering.connect(s.f.otherConcentrator) };
      expect((await outcome(through, [report])).reasons).to.deep.equal(["Duplicate"]);
      // Out of the window by now, by either call.
      expect(await reasons(s, [s.report(one, 60)])).to.deep.equal(["None"]);
      expect(await reasons(s, [report])).to.deep.equal(["Stale"]);
      expect((await outcome(s.f, [report], "backfill")).reasons).to.deep.equal(["Duplicate"]);
      // One that was kept back until session and epoch were over.
      const late = s.report(one, 59);
      await s.pass(3 * 86_400);
      await s.mdms.turn();
      await openSessions(s.f, [one], 2);
      await s.pass(rules.overlapSeconds + 1);
      expect(await reasons(s, [late])).to.have.members(["WrongEpoch"]);
      // Made for another contract of this chain, or this contract on another chain, with the same keys.
      const consortium = await s.f.consortium.getAddress();
      const metering = await (
        await s.f.ethers.deployContract("Metering", [consortium, 1, rules])
      ).getAddress();
      for (const domain of [
        { ...s.f.domain, metering },
        { ...s.f.domain, chainId: 1n },
      ])
        expect(await reasons(s, [s.report(one, 61, 5, 2, domain)])).to.deep.equal(["BadSignature"]);
      await s.mdms.turn();
      expect(await s.stored("P1")).to.deep.equal({ 1: 101, 60: 160 });
      await s.database.close();
    });

    it("takes no request twice: registration, session, epoch", async () => {
      const s = await scene();
      const [one] = pair(s);
      const again = registrationRequest(s.f.domain, one.saltedId, one.identityKey, s.since);
      const registered = (await (await s.f.metering.registerMeters([again])).wait())!;
      const [declined] = registered.logs.map((log) => s.f.metering.interface.parseLog(log)!);
      // AlreadyRegistered
      expect([declined!.name, Number(declined!.args["reason"])]).to.deep.equal(["RegistrationDeclined", 2]);
      const [opened] = await s.f.anyone.queryFilter(s.f.anyone.filters.EpochOpened(1));
      const tx = await opened!.getTransaction();
      expect((await refusal(s.f.stranger.sendTransaction({ to: tx.to, data: tx.data }))).name).to.equal(
        "MeteringWrongEpoch",
      );
      await s.database.close();
    });
  });
});

/** Bytes with others in their place. */
function withBytes(bytes: Uint8Array, at: number, others: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(others, at);
  return changed;
}

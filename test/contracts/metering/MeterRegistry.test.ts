import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { Metering__factory } from "../../../typechain-types/index.js";
import { addressOfKey } from "../../../workers/crypto/addressOfKey.js";
import { parseReports } from "../../../workers/metering/chain/reportEvents.js";
import { DECLINE_REASONS, METER_STATES } from "../../../workers/metering/chain/reasons.js";
import type { MeteringDomain } from "../../../workers/metering/domain.js";
import { registrationRequest } from "../../../workers/metering/keys/registrationRequest.js";
import { meterRevocation, sessionsRevocation } from "../../../workers/metering/keys/revocations.js";
import { sessionRequest, type SessionTerms } from "../../../workers/metering/keys/sessionRequest.js";
import { packReports } from "../../../workers/metering/report/packReports.js";
import { readDoc } from "../../docs/readDoc.js";
import { carry } from "../../support/carry.js";
import {
  type Deployed,
  deployMetering,
  namedKeys,
  openSessions,
  reportOf,
  rules,
  sessionKeyOf,
  startMdms,
  startMeters,
  type TestMeter,
  testMeter,
  UTILITY_SEAT,
} from "./meteringFixture.js";
import { refused } from "../refused.js";

const DAY = 86_400;

/** The reasons for which requests are declined, in order; "None" for each that is not. */
async function declined(call: Promise<{ wait(): Promise<{ readonly logs: readonly unknown[] } | null> }>) {
  const receipt = (await (await call).wait())!;
  return receipt.logs.map((log) => {
    const parsed = Metering__factory.createInterface().parseLog(log as never)!;
    const reason = parsed.args.toObject().reason as bigint | undefined;
    return reason === undefined ? "None" : DECLINE_REASONS[Number(reason)];
  });
}

describe("MeterRegistry", () => {
  let f: Deployed;
  let since: number;
  let restore: () => Promise<void>;
  before(async () => {
    f = await deployMetering();
    since = (await f.now()) - DAY;
    const snapshot = await f.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const [one, two, three] = [testMeter(1), testMeter(2), testMeter(3)];

  const asks = (meter: TestMeter, from = since, domain: MeteringDomain = f.domain) =>
    registrationRequest(domain, meter.saltedId, meter.identityKey, from);
  const opens = async (
    meter: TestMeter,
    terms: Partial<SessionTerms> = {},
    key = sessionKeyOf(meter.meter),
  ) =>
    sessionRequest(
      f.domain,
      { meter: meter.meter, sequence: 1, validUntil: (await f.now()) + DAY, ...terms },
      meter.identityKey,
      key,
    );

  it("names reasons and states as the contract does", () => {
    for (const [name, names] of [
      ["Decline", DECLINE_REASONS],
      ["State", METER_STATES],
    ] as const) {
      const body = new RegExp(`enum ${name} \\{([^}]*)\\}`, "u").exec(
        readDoc("contracts/metering/IMeterRegistry.sol"),
      )![1]!;
      const listed = [...body.replaceAll(/\/\/\/.*/gu, "").matchAll(/\w+/gu)].map(([word]) => word);
      expect(listed).to.deep.equal([...names]);
    }
  });

  describe("roles", () => {
    it("are the utility's to give, and not the deployer's or another member's", async () => {
      const deployer = f.metering.connect(f.deployer);
      await refused(deployer.appointConcentrator(f.stranger.address), "ConsortiumNotMember");
      await refused(f.metering.connect(f.member(0)).storeIdentities([one.hid]), "MeteringNotUtility");
      await refused(
        f.metering.connect(f.member(0)).dismissConcentrator(f.concentrator),
        "MeteringNotUtility",
      );
      await refused(f.anyone.revokeMeter(1), "ConsortiumNotMember");
      await refused(f.utility.appointConcentrator(ZeroAddress), "MeteringZeroAddress");
      await refused(f.utility.appointConcentrator(f.concentrator), "MeteringAlreadyConcentrator");
      await refused(f.utility.dismissConcentrator(f.stranger), "MeteringNotConcentrator");
      await refused(f.anyone.registerMeters([asks(one)]), "MeteringNotConcentrator");
      await refused(f.anyone.openSessions([await opens(one)]), "MeteringNotConcentrator");
    });

    it("go to another member by vote alone", async () => {
      await refused(f.utility.appointUtility(2), "MeteringNotByVote");
      const data = f.utility.interface.encodeFunctionData("appointUtility", [2]);
      const { time } = f.networkHelpers;
      await carry(f.governance, time, f.members, [{ target: f.address, data }]);
      await refused(f.utility.storeIdentities([one.hid]), "MeteringNotUtility");
      await f.metering.connect(f.member(2)).storeIdentities([one.hid]);
      expect(await f.metering.utilitySeat()).to.equal(2n);
    });

    it("stay within bounds that the deployment keeps", async () => {
      const factory = new Metering__factory(f.deployer);
      for (const changed of [
        { intervalSeconds: 59 },
        { intervalSeconds: DAY + 1 },
        { sessionSeconds: 0 },
        { sessionSeconds: 30 * DAY + 1 },
        { overlapSeconds: rules.sessionSeconds },
      ]) {
        await refused(
          factory.deploy(f.consortium, UTILITY_SEAT, { ...rules, ...changed }),
          "MeteringBadRules",
        );
      }
      await refused(factory.deploy(f.consortium, 4, rules), "ConsortiumNoSuchSeat");
      expect([...(await f.metering.rules())]).to.deep.equal([1_800n, 86_400n, 3_600n]);
    });
  });

  describe("hashed identities", () => {
    it("get numbers in their order, once, one by one or many at once", async () => {
      await f.utility.storeIdentities([one.hid]);
      await f.utility.storeIdentities([two.hid, three.hid]);
      expect(await f.metering.meterCount()).to.equal(3n);
      for (const { hid, meter } of [one, two, three]) {
        expect(await f.metering.meterOf(hid)).to.equal(BigInt(meter));
        const kept = await f.metering.meterAt(meter);
        expect([kept.hid, METER_STATES[Number(kept.state)]]).to.deep.equal([hid, "Stored"]);
      }
      await refused(f.utility.storeIdentities([testMeter(4).hid, two.hid]), "MeteringIdentityStored");
      await refused(
        f.utility.storeIdentities([testMeter(4).hid, testMeter(4).hid]),
        "MeteringIdentityStored",
      );
      await refused(f.utility.storeIdentities([ZeroHash]), "MeteringZeroIdentity");
      expect(await f.metering.meterCount()).to.equal(3n);
    });
  });

  describe("registration", () => {
    beforeEach(async () => await f.utility.storeIdentities([one.hid, two.hid]));

    it("is accepted for who holds the identity key", async () => {
      expect(await declined(f.metering.registerMeters([asks(one), asks(two)]))).to.deep.equal([
        "None",
        "None",
      ]);
      const { state, identity, since: from } = await f.metering.meterAt(1);
      expect([METER_STATES[Number(state)], identity, Number(from)]).to.deep.equal([
        "Registered",
        addressOfKey(one.identityKey.publicKey),
        since,
      ]);
    });

    it("is declined by name, and does not stop the others of its batch", async () => {
      const ahead = (await f.now()) + 1_000;
      const thief = { ...one, identityKey: namedKeys("thief") };
      const forged = { ...asks(one), identity: addressOfKey(thief.identityKey.publicKey) };
      const elsewhere = asks(one, since, { ...f.domain, chainId: 1n });
      const reasons = await declined(
        f.metering.registerMeters([
          asks(three),
          asks(thief),
          forged,
          { ...asks(thief), identity: addressOfKey(one.identityKey.publicKey) },
          elsewhere,
          { ...asks(one), since: since - 1 },
          asks(one, ahead),
          { ...asks(one), r: ZeroHash },
          asks(one),
          asks(one),
          asks(two),
        ]),
      );
      expect(reasons).to.deep.equal([
        // Not stored; the salted identity is known, and the key is another: another hashed identity.
        "UnknownIdentity",
        "UnknownIdentity",
        "UnknownIdentity",
        // The right hashed identity, signed by the thief; for another chain; with another start; not at all.
        "BadSignature",
        "BadSignature",
        "BadSignature",
        "BadStart",
        "BadSignature",
        "None",
        "AlreadyRegistered",
        "None",
      ]);
    });

    it("is declined once the identity is revoked", async () => {
      await f.utility.revokeMeter(1);
      expect(await declined(f.metering.registerMeters([asks(one)]))).to.deep.equal(["Revoked"]);
    });
  });

  describe("sessions", () => {
    beforeEach(async () => {
      await f.utility.storeIdentities([one.hid, two.hid, three.hid]);
      await f.metering.registerMeters([asks(one), asks(two)]);
    });

    it("are declined by name, and do not stop the others of their batch", async () => {
      const now = await f.now();
      const stolen = sessionRequest(
        f.domain,
        { meter: 1, sequence: 1, validUntil: now + DAY },
        namedKeys("thief"),
        sessionKeyOf(1),
      );
      const unpossessed = { ...(await opens(one)), keyR: ZeroHash };
      const borrowed = await opens(one, {}, sessionKeyOf(2));
      await f.utility.revokeMeter(3);
      expect(
        await declined(
          f.metering.openSessions([
            await opens(three),
            await opens(testMeter(9)),
            await opens(one, { sequence: 2 }),
            await opens(one, { sequence: 0 }),
            await opens(one, { validUntil: now }),
            await opens(one, { validUntil: now + DAY + 1_000 }),
            stolen,
            { ...(await opens(one)), validUntil: now + 1_000 },
            unpossessed,
            { ...(await opens(one)), key: addressOfKey(sessionKeyOf(5).publicKey) },
            await opens(two),
            borrowed,
            await opens(one),
            await opens(one),
            await opens(one, { sequence: 2 }),
          ]),
        ),
      ).to.deep.equal([
        "Revoked",
        "Unregistered",
        "WrongSequence",
        "WrongSequence",
        "BadValidity",
        "BadValidity",
        "BadSignature",
        "BadSignature",
        "NotPossessed",
        "BadSignature",
        "None",
        "KeyUsed",
        "None",
        "WrongSequence",
        "KeyUsed",
      ]);
    });

    it("are not signed with the identity key", async () => {
      const own = await opens(one, {}, one.identityKey);
      expect(await declined(f.metering.openSessions([own]))).to.deep.equal(["KeyUsed"]);
      // Another meter's is a key like any other: who opens the session has it.
      expect(await declined(f.metering.openSessions([await opens(one, {}, two.identityKey)]))).to.deep.equal([
        "None",
      ]);
    });

    it("can be read of any time, long after", async () => {
      const opened: number[] = [];
      let last = 0;
      for (let sequence = 1; sequence <= 4; ++sequence) {
        // The block in which it opens comes later than the one by which its end is asked for, if only a little.
        last = (await f.now()) + DAY;
        await openSessions(f, [one], sequence);
        opened.push(await f.now());
        await f.networkHelpers.time.increase(10_000 * sequence);
      }
      const keys = [1, 2, 3, 4].map((sequence) => addressOfKey(sessionKeyOf(1, sequence).publicKey));
      const at = async (time: number) => {
        const sessions = await f.metering.sessionsAt(1, time);
        return sessions.map(({ key }) => keys.indexOf(key) + 1);
      };
      expect(await at(opened[0]! - 1)).to.deep.equal([]);
      expect(await at(opened[0]!)).to.deep.equal([1]);
      expect(await at(opened[1]! - 1)).to.deep.equal([1]);
      expect(await at(opened[1]!)).to.deep.equal([2, 1]);
      expect(await at(opened[1]! + 3_600)).to.deep.equal([2, 1]);
      expect(await at(opened[1]! + 3_601)).to.deep.equal([2]);
      expect(await at(last)).to.deep.equal([4]);
      expect(await at(last + 1)).to.deep.equal([]);
      const { meter, from, until, revoked } = await f.metering.sessionOf(keys[1]!);
      expect([meter, from, until, revoked]).to.deep.equal([
        1n,
        BigInt(opened[1]!),
        BigInt(opened[2]! + 3_600),
        false,
      ]);
      expect((await f.metering.sessionOf(f.stranger)).meter).to.equal(0n);
    });

    it("name the key of every report that was taken, also in the block in which the next but one opens", async () => {
      const { provider } = f.ethers;
      await startMdms(f);
      for (const sequence of [1, 2]) await openSessions(f, [one], sequence);
      const validUntil = (await f.now()) + DAY;
      const third = sessionRequest(
        f.domain,
        { meter: 1, sequence: 3, validUntil },
        one.identityKey,
        sessionKeyOf(1, 3),
      );
      const due = Math.floor((await f.now()) / 1_800) * 1_800;
      const batch = packReports([reportOf(f, one, due)]);
      await provider.send("evm_setAutomine", [false]);
      const report = await f.metering.submit(batch, { gasLimit: 1_000_000 });
      const opening = await f.metering.openSessions([third], { gasLimit: 1_000_000 });
      await f.networkHelpers.mine();
      await provider.send("evm_setAutomine", [true]);
      const receipts = await Promise.all([report.wait(), opening.wait()]);
      expect(new Set(receipts.map((receipt) => receipt!.blockNumber)).size).to.equal(1);
      expect(parseReports(receipts[0]!.logs).accepted).to.have.length(1);
      expect((await f.metering.meterAt(1)).sequence).to.equal(3n);
      const then = await f.now();
      const firstKey = addressOfKey(sessionKeyOf(1, 1).publicKey);
      const keysAt = async (time: number) => (await f.metering.sessionsAt(1, time)).map(({ key }) => key);
      expect(await keysAt(then)).to.include(firstKey);
      expect(await keysAt(then + 1)).not.to.include(firstKey);
    });

    it("tell whose a key is by one read, however many came since", async () => {
      const many = 60;
      await openSessions(f, [one], 1);
      const key = addressOfKey(sessionKeyOf(1, 1).publicKey);
      const atFirst = await f.metering.meterOfKey.estimateGas(key);
      for (let sequence = 2; sequence <= many; ++sequence) await openSessions(f, [one], sequence);
      expect(await f.metering.meterOfKey(key)).to.equal(1n);
      expect(await f.metering.meterOfKey(f.stranger)).to.equal(0n);
      expect(await f.metering.meterOfKey.estimateGas(key)).to.equal(atFirst);
    });

    it("that are revoked stay readable, and the next one follows", async () => {
      await openSessions(f, [one], 1);
      await openSessions(f, [one], 2);
      await f.utility.revokeSessions(1);
      const revokedAt = await f.now();
      const kept = await f.metering.meterAt(1);
      expect([kept.key, kept.keyUntil, kept.previousKeyUntil]).to.deep.equal([ZeroAddress, 0n, 0n]);
      const second = await f.metering.sessionOf(addressOfKey(sessionKeyOf(1, 2).publicKey));
      expect([second.revoked, second.until]).to.deep.equal([true, BigInt(revokedAt)]);
      expect(await f.metering.sessionsAt(1, revokedAt + 1)).to.have.length(0);
      await f.networkHelpers.time.increase(60);
      await openSessions(f, [one], 3);
      expect(await f.metering.sessionsAt(1, await f.now())).to.have.length(1);
      expect(await f.metering.sessionsAt(1, revokedAt)).to.have.length(2);
    });
  });

  describe("revocation", () => {
    beforeEach(async () => {
      await startMeters(f, 2, since);
      await f.utility.storeIdentities([three.hid]);
    });

    it("of sessions is signed for the present one, by the meter's own identity key", async () => {
      const signed = (meter: number, sequence: number, key = one.identityKey) =>
        sessionsRevocation(f.domain, meter, sequence, key.privateKey);
      const { r, vs } = signed(1, 1);
      const thief = signed(1, 1, two.identityKey);
      await refused(f.anyone.revokeSessionsSigned(1, 1, thief.r, thief.vs), "MeteringBadSignature");
      await refused(f.anyone.revokeSessionsSigned(1, 1, ZeroHash, ZeroHash), "MeteringBadSignature");
      await refused(f.anyone.revokeSessionsSigned(1, 2, r, vs), "MeteringWrongSequence");
      await refused(f.anyone.revokeSessionsSigned(3, 0, r, vs), "MeteringUnknownMeter");
      await f.anyone.revokeSessionsSigned(1, 1, r, vs);
      await openSessions(f, [one], 2);
      // The old paper does not end the new session.
      await refused(f.anyone.revokeSessionsSigned(1, 1, r, vs), "MeteringWrongSequence");
    });

    it("of an identity is for ever", async () => {
      const thief = meterRevocation(f.domain, 1, two.identityKey.privateKey);
      await refused(f.anyone.revokeMeterSigned(1, thief.r, thief.vs), "MeteringBadSignature");
      const own = meterRevocation(f.domain, 1, one.identityKey.privateKey);
      await f.anyone.revokeMeterSigned(1, own.r, own.vs);
      await refused(f.anyone.revokeMeterSigned(1, own.r, own.vs), "MeteringMeterRevoked");
      await refused(f.utility.revokeMeter(1), "MeteringMeterRevoked");
      await refused(f.utility.revokeSessions(1), "MeteringMeterRevoked");
      await refused(f.utility.revokeMeter(4), "MeteringUnknownMeter");
      await refused(f.utility.revokeSessions(3), "MeteringUnknownMeter");
      const request = sessionRequest(
        f.domain,
        { meter: 1, sequence: 2, validUntil: (await f.now()) + DAY },
        one.identityKey,
        sessionKeyOf(1, 2),
      );
      expect(await declined(f.metering.openSessions([request]))).to.deep.equal(["Revoked"]);
      expect(await declined(f.metering.registerMeters([asks(one)]))).to.deep.equal(["Revoked"]);
    });
  });
});

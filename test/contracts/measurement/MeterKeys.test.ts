import { expect } from "chai";
import { concat, getBytes, hexlify, toBeHex, toBigInt, Wallet, ZeroAddress } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { MeterKeys__factory } from "../../../typechain-types/index.js";
import { meterPlace, readingHash, readingSigner, signReading } from "../../../workers/crypto/meterReading.js";
import { METER_KINDS, MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { agrees } from "../../../workers/operator/auditReadings.js";
import { joinSupplements, packBatch, packSupplement } from "../../../workers/measurement/packValues.js";
import { bringIntoForce, ledgerFixture } from "./ledgerFixture.js";
import { readings, tinyPlan, tinyVersion } from "./tinyVersion.js";
import { refused } from "../refused.js";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("MeterKeys", () => {
  const records = tinyVersion();
  const honest = readings(records);
  // The meter under dispute: the second of seat 1, on the chord (a count is a kW).
  const METER = 4;
  const SEAT = 1;
  const place = placeOf(METER);
  const meterKey = new Wallet(`0x${"11".repeat(32)}`);
  const otherKey = new Wallet(`0x${"22".repeat(32)}`);
  const signed = BigInt(honest[METER]!) * 1000n;
  const forged = honest.map((value, meter) => (meter === METER ? value + 3 : value));

  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let address: string;
  let chainId: bigint;
  let slot: number;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(records);
    const { ledger, consortium, registry } = f.addresses;
    const deployed = await f.ethers.deployContract("MeterKeys", [ledger, consortium, registry]);
    address = await deployed.getAddress();
    ({ chainId } = await f.provider.getNetwork());
    slot = Number(await f.contracts.ledger.slotAt(await f.time.latest())) + 2;
    await keys(SEAT).register(place, meterKey.address, slot);
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const keys = (seat?: number) =>
    MeterKeys__factory.connect(address, seat === undefined ? f.stranger : f.members[seat]!);
  const sign = (value = signed, at: Partial<{ slot: number; place: number }> = {}, key = meterKey): string =>
    signReading(key.privateKey, { chainId, meterKeys: address }, { slot, place, value, ...at });
  const dispute = async (
    value = signed,
    signature = sign(value),
    batch = f.batchOf(forged, SEAT),
    supplement: Uint8Array | string = "0x",
    [at, meter] = [slot, METER],
  ) => await keys().dispute(at, meter, value, signature, batch, supplement);

  const equivocate = async (second = signed + 1n, secondSignature = sign(second)) =>
    await keys().equivocate(slot, SEAT, place, signed, sign(), second, secondSignature);

  function placeOf(meter: number): number {
    const { kind, place: number } = records.directory[meter]!;
    return meterPlace(METER_KINDS[kind]!, number);
  }

  describe("register, retire", () => {
    it("keeps each key for the slots in which it held", async () => {
      await keys(SEAT).register(place, otherKey.address, slot + 5);
      await keys(SEAT).retire(place, slot + 9);
      await keys(SEAT).register(place, meterKey.address, slot + 11);
      const at = async (k: number): Promise<string> => await keys().keyAt(SEAT, place, slot + k);
      const [a, b, none] = [meterKey.address, otherKey.address, ZeroAddress];
      const wanted = { [-1]: none, 0: a, 4: a, 5: b, 8: b, 9: none, 10: none, 11: a, 5000: a };
      for (const [k, key] of Object.entries(wanted)) expect(await at(Number(k)), k).to.equal(key);
      expect(await keys().changesOf(SEAT)).to.equal(4n);
      const [history, empty] = await keys().keysOf(SEAT, [place, place + 1]);
      expect(history).to.deep.equal(
        [
          [slot, a],
          [slot + 5, b],
          [slot + 9, none],
          [slot + 11, a],
        ].map(([from, key]) => (BigInt(from!) << 160n) | BigInt(key!)),
      );
      expect(empty).to.deep.equal([]);
    });

    it("keeps keys of one place apart by seat", async () => {
      await keys(0).register(place, otherKey.address, slot);
      expect(await keys().keyAt(SEAT, place, slot)).to.equal(meterKey.address);
      expect(await keys().keyAt(0, place, slot)).to.equal(otherKey.address);
    });

    it("replaces a key that was to hold from the same slot", async () => {
      await keys(SEAT).register(place, otherKey.address, slot);
      expect(await keys().keyAt(SEAT, place, slot)).to.equal(otherKey.address);
      expect((await keys().keysOf(SEAT, [place]))[0]).to.have.length(1);
    });

    it("refuses a slot that has started, or one before the last key's", async () => {
      await f.time.increaseTo(f.startOf(slot) + 1);
      await refused(keys(SEAT).register(place, otherKey.address, slot), "MeterKeysBadStart", {
        fromSlot: slot,
        least: slot + 1,
      });
      await keys(SEAT).register(place, otherKey.address, slot + 7);
      for (const call of [
        keys(SEAT).register(place, otherKey.address, slot + 6),
        keys(SEAT).retire(place, slot + 6),
      ]) {
        await refused(call, "MeterKeysBadStart", { fromSlot: slot + 6, least: slot + 7 });
      }
      await refused(keys(SEAT).register(place, otherKey.address, 2n ** 40n), "MeterKeysBadStart");
    });

    it("refuses the zero key, places that are none, strangers, and to retire what there is not", async () => {
      await refused(keys(SEAT).register(place, ZeroAddress, slot), "MeterKeysZeroKey", { place });
      for (const bad of [0, 2 ** 20, 3 * 2 ** 20, 2 ** 22, 2 ** 22 + 1]) {
        await refused(keys(SEAT).register(bad, otherKey.address, slot), "MeterKeysBadPlace", { place: bad });
      }
      await refused(keys().register(place, otherKey.address, slot), "ConsortiumNotMember");
      await refused(keys().retire(place, slot), "ConsortiumNotMember");
      await refused(keys(0).retire(place, slot), "MeterKeysNoKey", { seat: 0, place });
    });
  });

  describe("dispute", () => {
    it("records once, against the operator's seat, that it uploaded another value", async () => {
      await f.uploadAll(slot, forged);
      const credits = await f.credits();
      await dispute();
      expect(await keys().disputesAgainst(SEAT)).to.equal(1n);
      expect(await keys().standingOf(slot, SEAT, place)).to.equal(1n);
      const [event] = await keys().queryFilter(keys().filters.ReadingDisputed(slot));
      expect([...event!.args]).to.deep.equal(
        [slot, SEAT, place, forged[METER]!, signed].map((one) => BigInt(one)),
      );
      expect(await f.credits()).to.deep.equal(credits);
      await refused(dispute(), "MeterKeysOnRecord", { slot, seat: SEAT, place, standing: 1 });
    });

    it("is possible after the settlement, until the ring's word is written over", async () => {
      await f.uploadAll(slot, forged);
      for (let next = await f.nextSlot(); next <= slot; next++) {
        await f.passCutOff(next);
        const batches = next === slot ? packBatch(forged) : "0x";
        await (next === slot
          ? f.settle(slot, forged)
          : f.contracts.ledger.closeIncomplete(next, batches, "0x"));
      }
      await dispute();
      await restore();
      await f.uploadAll(slot, forged);
      for (let next = await f.nextSlot(); next <= slot; next++) {
        await f.passCutOff(next);
        if (next < slot) await f.contracts.ledger.closeIncomplete(next, "0x", "0x");
        else await f.settle(slot, forged);
      }
      await f.uploadAll(slot + 256, honest, [SEAT]);
      await refused(dispute(), "MeterKeysNothingUploaded", { slot, seat: SEAT });
    });

    it("is refused if the value is what the meter signed, rounded either way at one half", async () => {
      await f.uploadAll(slot, honest);
      const batch = f.batchOf(honest, SEAT);
      for (const [watts, agreed] of [
        [0n, true],
        [500n, true],
        [-500n, true],
        [501n, false],
        [-501n, false],
      ] as const) {
        expect(agrees(signed + watts, honest[METER]!, "flowFrom", 1)).to.equal(agreed);
        const call = dispute(signed + watts, sign(signed + watts), batch);
        if (agreed) await refused(call, "MeterKeysValueAgrees", { slot, meter: METER, value: honest[METER] });
        else {
          await call;
          await restore();
          await f.uploadAll(slot, honest);
        }
      }
    });

    it("rounds a PMU's nanoradians to 2^-20 rad", async () => {
      const pmu = 6;
      const at = placeOf(pmu);
      await keys(2).register(at, meterKey.address, slot);
      await f.uploadAll(slot, honest);
      const batch = f.batchOf(honest, 2);
      const exact = (BigInt(honest[pmu]!) * 10n ** 9n) / 2n ** 20n;
      // Half a count is 476.8 nrad.
      for (const [nrad, agreed] of [
        [0n, true],
        [475n, true],
        [-475n, true],
        [478n, false],
        [-478n, false],
      ] as const) {
        const value = exact + nrad;
        expect(agrees(value, honest[pmu]!, "pmu", 1)).to.equal(agreed);
        const call = dispute(value, sign(value, { place: at }), batch, "0x", [slot, pmu]);
        if (agreed) await refused(call, "MeterKeysValueAgrees");
        else {
          await keys().dispute.staticCall(slot, pmu, value, sign(value, { place: at }), batch, "0x");
          await call;
          await restore();
          await keys(2).register(at, meterKey.address, slot);
          await f.uploadAll(slot, honest);
        }
      }
    });

    it("takes the first value that counts: a supplement only fills what was missing", async () => {
      const uploaded = forged.map((value, meter) => (meter === METER ? MISSING_VALUE : value));
      await f.uploadAll(slot, uploaded);
      const batch = f.batchOf(uploaded, SEAT);
      await refused(dispute(signed, sign(), batch), "MeterKeysValueMissing", { slot, meter: METER });
      const entries = packSupplement([
        { position: 0, value: 1 },
        { position: 1, value: forged[METER]! },
      ]);
      await f.as(SEAT).ledger.supplement(slot, entries);
      await refused(dispute(signed, sign(), batch), "SlotLedgerSupplementsLength");
      await refused(
        dispute(
          signed,
          sign(),
          batch,
          joinSupplements([packSupplement([{ position: 1, value: honest[METER]! }])]),
        ),
        "SlotLedgerValuesMismatch",
        { slot, seat: SEAT },
      );
      await dispute(signed, sign(), batch, joinSupplements([entries]));
      expect(await keys().disputesAgainst(SEAT)).to.equal(1n);
    });

    it("is refused with a batch that was not uploaded, or part of one", async () => {
      await f.uploadAll(slot, forged);
      const batch = f.batchOf(forged, SEAT);
      for (let bit = 0; bit < 8 * batch.length; bit++) {
        const turned = batch.slice();
        turned[bit >> 3]! ^= 0x80 >> (bit & 7);
        await refused(dispute(signed, sign(), turned), "SlotLedgerValuesMismatch", { slot, seat: SEAT });
      }
      await refused(dispute(signed, sign(), batch.subarray(3)), "SlotLedgerValuesLength");
      await refused(dispute(signed, sign(), Uint8Array.of(...batch, 0)), "SlotLedgerValuesLength");
      await refused(dispute(signed, sign(), batch, "0x000000"), "SlotLedgerSupplementsLength");
    });

    it("is refused for meters, slots and keys that there are not", async () => {
      await f.uploadAll(slot, forged);
      const meters = records.geometry.meters;
      const on = (at: number, meter: number, seat = SEAT) =>
        dispute(signed, sign(), f.batchOf(forged, seat), "0x", [at, meter]);
      await refused(on(slot, meters), "MeterKeysUnknownMeter", { slot, meter: meters, meters });
      await refused(on(slot, 3), "MeterKeysNoKey", { seat: SEAT, place: placeOf(3), slot });
      await refused(on(0, METER), "SlotLedgerNoVersion", { slot: 0 });
      await refused(on(slot + 1, METER), "MeterKeysNothingUploaded", { slot: slot + 1, seat: SEAT });
      await f.uploadAll(slot - 1, forged);
      await refused(on(slot - 1, METER), "MeterKeysNoKey", { seat: SEAT, place, slot: slot - 1 });
    });

    it("is refused with a signature for another slot, place, value, contract or chain, or by another key", async () => {
      await f.uploadAll(slot, forged);
      const reading = { slot, place, value: signed };
      const key = meterKey.privateKey;
      const wrong = [
        sign(signed, { slot: slot + 1 }),
        sign(signed, { place: place + 1 }),
        sign(signed, { place: placeOf(0) }),
        sign(signed + 1n),
        sign(signed, {}, otherKey),
        signReading(key, { chainId: chainId + 1n, meterKeys: address }, reading),
        signReading(key, { chainId, meterKeys: f.addresses.ledger }, reading),
      ];
      for (const signature of wrong) {
        await refused(dispute(signed, signature), "MeterKeysBadSignature", { key: meterKey.address });
        expect(readingSigner({ chainId, meterKeys: address }, reading, signature)).to.not.equal(
          meterKey.address,
        );
      }
    });

    it("is refused with the signature's second form, cut, continued, or with any bit turned", async () => {
      await f.uploadAll(slot, forged);
      const domain = { chainId, meterKeys: address };
      const reading = { slot, place, value: signed };
      const bytes = getBytes(sign());
      const s = ORDER - toBigInt(bytes.subarray(32, 64));
      const forms = [
        concat([bytes.subarray(0, 32), toBeHex(s, 32), toBeHex(55 - bytes[64]!)]),
        "0x",
        hexlify(bytes.subarray(0, 64)),
        concat([bytes, "0x00"]),
        concat([bytes.subarray(0, 64), toBeHex(bytes[64]! - 27, 1)]),
        `0x${"00".repeat(65)}`,
        `0x${"00".repeat(64)}1b`,
      ];
      for (const signature of forms) {
        await refused(dispute(signed, signature), "MeterKeysBadSignature", { signer: ZeroAddress });
        expect(readingSigner(domain, reading, signature)).to.equal(undefined);
      }
      for (let bit = 0; bit < 8 * bytes.length; bit += 7) {
        const turned = bytes.slice();
        turned[bit >> 3]! ^= 0x80 >> (bit & 7);
        await refused(dispute(signed, hexlify(turned)), "MeterKeysBadSignature", { key: meterKey.address });
        expect(readingSigner(domain, reading, hexlify(turned))).to.not.equal(meterKey.address);
      }
    });

    it("judges a slot by the key that held in it, whatever came later", async () => {
      await keys(SEAT).register(place, otherKey.address, slot + 1);
      for (const at of [slot, slot + 1]) await f.uploadAll(at, forged);
      await refused(dispute(signed, sign(signed, {}, otherKey)), "MeterKeysBadSignature", {
        signer: otherKey.address,
      });
      await dispute();
      const later = { slot: slot + 1 };
      const batch = f.batchOf(forged, SEAT);
      await refused(
        dispute(signed, sign(signed, later), batch, "0x", [slot + 1, METER]),
        "MeterKeysBadSignature",
        { key: otherKey.address },
      );
      await dispute(signed, sign(signed, later, otherKey), batch, "0x", [slot + 1, METER]);
      expect(await keys().disputesAgainst(SEAT)).to.equal(2n);
    });

    it("finds the meter by its place when a later version numbers it otherwise", async () => {
      // The first operator drops a meter: every later meter moves down by one.
      const { meters } = tinyPlan;
      const next = tinyVersion({ ...tinyPlan, meters: meters.filter((_, i) => i !== 2) });
      await bringIntoForce(f, next, [0]);
      const at = Number(await f.contracts.ledger.slotAt(await f.time.latest())) + 1;
      const values = readings(next).map((value, meter) => (meter === METER - 1 ? value + 9 : value));
      expect(next.directory[METER - 1]!.place).to.equal(records.directory[METER]!.place);
      await f.time.increaseTo(f.startOf(at));
      const batch = packBatch(values.slice(2, 5));
      await f.as(SEAT).ledger.upload(at, batch);
      const value = BigInt(readings(next)[METER - 1]!) * 1000n * BigInt(next.geometry.powerUnitKw);
      await dispute(value, sign(value, { slot: at }), batch, "0x", [at, METER - 1]);
      expect(await keys().standingOf(at, SEAT, place)).to.equal(1n);
    });
  });

  describe("equivocate", () => {
    it("records two values of one slot against the meter, and strikes out a dispute", async () => {
      await f.uploadAll(slot, forged);
      await dispute();
      await equivocate();
      expect(await keys().disputesAgainst(SEAT)).to.equal(0n);
      expect(await keys().equivocationsOf(SEAT, place)).to.equal(1n);
      expect(await keys().standingOf(slot, SEAT, place)).to.equal(2n);
      const [event] = await keys().queryFilter(keys().filters.MeterEquivocated(slot));
      expect([...event!.args]).to.deep.equal(
        [slot, SEAT, place, signed, signed + 1n].map((one) => BigInt(one)),
      );
      await refused(equivocate(), "MeterKeysOnRecord", { standing: 2 });
      await refused(dispute(), "MeterKeysOnRecord", { standing: 2 });
    });

    it("needs no upload, and leaves no room for a dispute later", async () => {
      await equivocate();
      expect(await keys().disputesAgainst(SEAT)).to.equal(0n);
      await f.uploadAll(slot, forged);
      await refused(dispute(), "MeterKeysOnRecord", { slot, seat: SEAT, place, standing: 2 });
    });

    it("is refused with one value twice, or one signature that is not the key's", async () => {
      await refused(equivocate(signed), "MeterKeysSameValue", { value: signed });
      await refused(equivocate(signed + 1n, sign()), "MeterKeysBadSignature");
      await refused(equivocate(signed + 1n, sign(signed + 1n, { slot: slot + 1 })), "MeterKeysBadSignature");
      await refused(equivocate(signed + 1n, sign(signed + 1n, {}, otherKey)), "MeterKeysBadSignature");
      await refused(
        keys().equivocate(slot, 0, place, signed, sign(), signed + 1n, sign(signed + 1n)),
        "MeterKeysNoKey",
        { seat: 0, place, slot },
      );
    });
  });

  it("hashes readings as the workers do, at the ends of every number", async () => {
    for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      for (const at of [0, 2 ** 40 - 1]) {
        const reading = { slot: at, place, value };
        expect(await keys().readingHash(at, place, value)).to.equal(
          readingHash({ chainId, meterKeys: address }, reading),
        );
      }
    }
  });
});

import { expect } from "chai";
import { concat } from "ethers";
import { before, beforeEach, describe, it } from "mocha";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import {
  joinSupplements,
  packAngles,
  packBatch,
  packSupplement,
} from "../../../workers/measurement/packValues.js";
import { testClock, testDeposit } from "../../support/sharedGrid.js";
import { expectRefused, ledgerFixture } from "./ledgerFixture.js";
import { readings, tinyVersion } from "./tinyVersion.js";

describe("SlotLedger", () => {
  const records = tinyVersion();
  const values = readings(records);
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let slot: number;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(records);
    slot = await f.nextSlot();
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const refused = async (call: () => Promise<unknown>, name: string, args = {}) =>
    await expectRefused(f, call, name, args);
  /** Every batch is there, and the cut-off is over. */
  const ready = async (batches = values, seats: Iterable<number> = [0, 1, 2]) => {
    await f.uploadAll(slot, batches, seats);
    await f.passCutOff(slot);
  };
  const angles = () => packAngles(f.estimate(values));
  const upload = async (seat: number, at = slot) =>
    await f.as(seat).ledger.upload(at, f.batchOf(values, seat));
  const settle = async (at = slot) => await f.contracts.ledger.settle(at, packBatch(values), "0x", angles());
  const settleWith = (bytes: Uint8Array | string) => () =>
    f.contracts.ledger.settle(slot, packBatch(values), "0x", bytes);
  const close = async (brought: Uint8Array | string, supplements: Uint8Array | string = "0x") =>
    await f.contracts.ledger.closeIncomplete(slot, brought, supplements);
  /** Closes everything up to a slot, without uploads. */
  const closeUpTo = async (end: number) => {
    await f.passCutOff(end - 1);
    for (let next = await f.nextSlot(); next < end; next++) {
      await f.contracts.ledger.closeIncomplete(next, "0x", "0x");
    }
  };
  const missing = (...meters: number[]) => values.map((v, i) => (meters.includes(i) ? MISSING_VALUE : v));

  it("starts with the first slot that begins after the first version came into force", async () => {
    expect(f.startOf(slot)).to.be.within(
      await f.time.latest(),
      (await f.time.latest()) + testClock.slotSeconds,
    );
    expect(await f.contracts.ledger.versionOf(slot)).to.equal(1n);
    expect(await f.contracts.ledger.versionOf(slot - 1)).to.equal(0n);
  });

  describe("upload", () => {
    it("is taken from the slot's first second to the last before its cut-off", async () => {
      await f.at(f.startOf(slot));
      await upload(0);
      await f.at(f.cutOffOf(slot) - 1);
      await upload(1);
      expect([...(await f.contracts.ledger.uploadsOf(slot, 0))]).to.deep.equal([true, false]);
      expect([...(await f.contracts.ledger.uploadsOf(slot, 2))]).to.deep.equal([false, false]);
    });

    it("is refused before the slot, and from its cut-off on", async () => {
      await f.time.increaseTo(f.startOf(slot) - 2);
      await refused(() => upload(0), "SlotLedgerNotOpen", { slot, opensAt: f.startOf(slot) });
      await f.time.increaseTo(f.cutOffOf(slot));
      await refused(() => upload(0), "SlotLedgerCutOff", { slot, cutOff: f.cutOffOf(slot) });
    });

    it("is refused for slots beyond all time", async () => {
      for (const [far, name] of [
        [2n ** 40n - 1n, "SlotLedgerNotOpen"],
        [2n ** 40n, "SlotLedgerNoSuchSlot"],
        [2n ** 256n - 1n, "SlotLedgerNoSuchSlot"],
      ] as const) {
        await refused(() => f.as(0).ledger.upload(far, f.batchOf(values, 0)), name);
      }
    });

    it("is refused for a slot before the first version", async () => {
      await f.time.increaseTo(f.startOf(slot));
      await refused(() => upload(0, slot - 1), "SlotLedgerNoVersion", { slot: slot - 1 });
    });

    it("is refused a second time, the same or another", async () => {
      await f.uploadAll(slot, values, [0]);
      await refused(() => upload(0), "SlotLedgerAlreadyUploaded", { slot, seat: 0 });
      const other = f.batchOf(missing(0), 0);
      await refused(() => f.as(0).ledger.upload(slot, other), "SlotLedgerAlreadyUploaded", { slot, seat: 0 });
    });

    it("is refused from a stranger, and from a member without meters", async () => {
      await f.time.increaseTo(f.startOf(slot));
      const batch = f.batchOf(values, 0);
      for (const [ledger, account] of [
        [f.contracts.ledger, f.stranger.address],
        [f.as(3).ledger, f.members[3]!.address],
      ] as const) {
        await refused(() => ledger.upload(slot, batch), "SlotLedgerNotOwner", { slot, account });
      }
    });

    it("is refused with a byte or a value too many or too few", async () => {
      await f.time.increaseTo(f.startOf(slot));
      const batch = f.batchOf(values, 0);
      const lengths = [
        new Uint8Array(),
        batch.subarray(3),
        batch.subarray(1),
        concat([batch, "0x00"]),
        concat([batch, "0x000000"]),
      ];
      for (const bytes of lengths) {
        await refused(() => f.as(0).ledger.upload(slot, bytes), "SlotLedgerBatchLength", { want: 9 });
      }
    });
  });

  describe("supplement", () => {
    const entries = packSupplement([{ position: 1, value: values[1]! }]);
    const supplement = async (bytes: Uint8Array | string = entries, seat = 0) =>
      await f.as(seat).ledger.supplement(slot, bytes);

    it("brings a value that was missing; the first value of a meter counts", async () => {
      const batches = missing(1);
      await f.uploadAll(slot, batches);
      const late = packSupplement([
        { position: 0, value: values[0]! + 50_000 },
        { position: 1, value: values[1]! },
        { position: 2, value: MISSING_VALUE },
      ]);
      await supplement(late);
      expect([...(await f.contracts.ledger.uploadsOf(slot, 0))]).to.deep.equal([true, true]);
      await f.passCutOff(slot);
      await f.contracts.ledger.settle(slot, packBatch(batches), joinSupplements([late]), angles());
      const [event] = await f.contracts.ledger.queryFilter(f.contracts.ledger.filters.SlotSettled(slot));
      expect(event!.args.objectiveQ32 < event!.args.thresholdQ32).to.equal(true);
      expect(await f.nextSlot()).to.equal(slot + 1);
    });

    it("is refused before the batch", async () => {
      await f.time.increaseTo(f.startOf(slot));
      await refused(() => supplement(), "SlotLedgerNoBatch", { slot, seat: 0 });
    });

    it("is refused a second time", async () => {
      await f.uploadAll(slot, values);
      await supplement();
      await refused(() => supplement(), "SlotLedgerAlreadySupplemented", { slot, seat: 0 });
      await refused(
        () => supplement(packSupplement([{ position: 2, value: 1 }])),
        "SlotLedgerAlreadySupplemented",
      );
    });

    it("is refused from the cut-off on, and from who owns no meter", async () => {
      await f.uploadAll(slot, values);
      await refused(() => f.contracts.ledger.supplement(slot, entries), "SlotLedgerNotOwner");
      await f.passCutOff(slot);
      await refused(() => supplement(), "SlotLedgerCutOff", { slot });
    });

    it("is refused without a value, or with part of one", async () => {
      await f.uploadAll(slot, values);
      for (const got of [0, 1, 4, 6]) {
        await refused(() => supplement(new Uint8Array(got)), "SlotLedgerSupplementLength", { got });
      }
    });

    it("is refused with positions that do not ascend or that the batch does not have", async () => {
      await f.uploadAll(slot, values);
      const wrong: [Uint8Array, entry: number, position: number][] = [
        [entriesAt(1, 1), 1, 1],
        [entriesAt(1, 0), 1, 0],
        [entriesAt(3), 0, 3],
        [entriesAt(0, 1, 65_535), 2, 65_535],
      ];
      for (const [bytes, entry, position] of wrong) {
        const args = { entry, position, meters: 3 };
        await refused(() => supplement(bytes), "SlotLedgerSupplementPosition", args);
      }
    });
  });

  describe("settle", () => {
    it("rewards everyone alike, by anyone, and moves on", async () => {
      await ready();
      await settle();
      expect(await f.nextSlot()).to.equal(slot + 1);
      // x = 30,000, 30,000, 20,000 and 0: Δ̃ = 4 x - 80,000, in thirds.
      const change = [13_333n, 13_333n, 0n, -26_667n].map((c) => testDeposit + c);
      const credits = await f.credits();
      const over = credits.map((c, seat) => c - change[seat]!);
      // One credit that rounding leaves over, for the owner of some meter.
      expect([...over].sort((a, b) => Number(a - b))).to.deep.equal([0n, 0n, 0n, 1n]);
      expect(over[3]).to.equal(0n);
    });

    it("is refused before the cut-off", async () => {
      await f.uploadAll(slot, values);
      await f.time.increaseTo(f.cutOffOf(slot) - 2);
      await refused(() => settle(), "SlotLedgerTooEarly", { slot, cutOff: f.cutOffOf(slot) });
    });

    it("is refused out of order", async () => {
      await ready();
      await refused(() => settle(slot + 1), "SlotLedgerOutOfOrder", { slot: slot + 1, nextSlot: slot });
      await refused(() => settle(slot - 1), "SlotLedgerOutOfOrder", { slot: slot - 1, nextSlot: slot });
    });

    it("is refused a second time", async () => {
      await ready();
      await settle();
      await refused(() => settle(), "SlotLedgerOutOfOrder", { slot, nextSlot: slot + 1 });
      await refused(() => close(packBatch(values)), "SlotLedgerOutOfOrder", { slot });
    });

    it("is refused with the values of another slot", async () => {
      await ready();
      const later = readings(records, 2);
      await f.uploadAll(slot + 1, later);
      const call = () => f.settle(slot, later);
      await refused(call, "SlotLedgerValuesMismatch", { slot, seat: 0 });
    });

    it("is refused with values or supplements left out or added", async () => {
      await ready();
      const bytes = packBatch(values);
      const { ledger } = f.contracts;
      await refused(
        () => ledger.settle(slot, bytes.subarray(3), "0x", angles()),
        "SlotLedgerValuesMismatch",
        { seat: 0 },
      );
      const short = bytes.subarray(0, bytes.length - 1);
      await refused(() => ledger.settle(slot, short, "0x", angles()), "SlotLedgerValuesLength", {
        got: 23,
        want: 24,
      });
      const long = concat([bytes, "0x00"]);
      await refused(() => ledger.settle(slot, long, "0x", angles()), "SlotLedgerValuesLength", {
        got: 25,
        want: 24,
      });
      await refused(() => ledger.settle(slot, bytes, "0x000000", angles()), "SlotLedgerSupplementsLength", {
        got: 3,
        want: 0,
      });
    });

    it("is refused with supplements that are cut, too long, or those of nobody", async () => {
      const batches = missing(0, 3);
      await f.uploadAll(slot, batches);
      const [first, second] = [0, 1].map((seat) =>
        packSupplement([{ position: 0, value: values[3 * seat]! }]),
      );
      await f.as(0).ledger.supplement(slot, first!);
      await f.as(1).ledger.supplement(slot, second!);
      await f.passCutOff(slot);
      const whole = joinSupplements([first!, second!]);
      const call = (supplements: Uint8Array | string) => () =>
        f.contracts.ledger.settle(slot, packBatch(batches), supplements, angles());
      for (const end of [0, 2, 3, 7, 8, 10, 15]) {
        await refused(call(whole.subarray(0, end)), "SlotLedgerSupplementsLength", { got: end });
      }
      await refused(call(concat([whole, "0x00"])), "SlotLedgerSupplementsLength", { got: 17, want: 16 });
      await refused(call(joinSupplements([second!, first!])), "SlotLedgerValuesMismatch", { seat: 0 });
      await call(whole)();
    });

    it("is refused with an angle too many or too few, and with a reference that is not zero", async () => {
      await ready();
      await refused(settleWith(angles().subarray(5)), "SlotLedgerAnglesLength", { got: 15, want: 20 });
      await refused(settleWith(angles().subarray(1)), "SlotLedgerAnglesLength", { got: 19, want: 20 });
      await refused(settleWith(concat([angles(), "0x00"])), "SlotLedgerAnglesLength", { got: 21, want: 20 });
      for (const byte of [0, 4]) {
        const turned = angles();
        turned[byte] = 1;
        await refused(settleWith(turned), "SlotLedgerReferenceAngle", { record: 0 });
      }
    });

    it("is refused if a batch is missing, or a value", async () => {
      await ready(values, [0, 2]);
      const brought = packBatch([...values.slice(0, 3), ...values.slice(6)]);
      const call = () => f.contracts.ledger.settle(slot, brought, "0x", angles());
      await refused(call, "SlotLedgerBatchMissing", { slot, seat: 1 });
      await restore();
      await ready(missing(4));
      await refused(() => f.settle(slot, missing(4), f.estimate(values)), "SlotLedgerValueMissing", { slot });
    });

    it("is refused with a wrong estimate, and says how far off it is", async () => {
      await ready();
      const wrong = f.estimate(values).map((angle, i) => (i === 2 ? angle + 2 ** 24 : angle));
      await refused(() => f.settle(slot, values, wrong), "SlotLedgerOverStated", { slot });
    });
  });

  describe("closeIncomplete", () => {
    it("charges what is missing, and moves on", async () => {
      const batches = missing(3, 7);
      await ready(batches);
      await close(packBatch(batches));
      const [event] = await f.contracts.ledger.queryFilter(
        f.contracts.ledger.filters.SlotClosedIncomplete(slot),
      );
      expect(event!.args.missing).to.equal(2n);
      // x = 30,000, -70,000, -80,000 and 0: Δ̃ = 4 x + 120,000, in thirds.
      const change = [80_000n, -53_334n, -66_667n, 40_000n].map((c) => testDeposit + c);
      const over = (await f.credits()).map((c, seat) => c - change[seat]!);
      expect(over.reduce((sum, c) => sum + c, 0n)).to.equal(1n);
      expect(over.every((c) => c >= 0n)).to.equal(true);
    });

    it("is refused when nothing is missing, until the slot expires", async () => {
      await ready();
      const expiry = f.expiryOf(slot);
      await refused(() => close(packBatch(values)), "SlotLedgerNothingMissing", { slot, expiry });
      await f.time.increaseTo(expiry - 2);
      await refused(() => close(packBatch(values)), "SlotLedgerNothingMissing", { slot });
      await f.time.increaseTo(expiry);
      await close(packBatch(values));
      expect(await f.nextSlot()).to.equal(slot + 1);
    });

    it("is refused before the cut-off, whatever is missing", async () => {
      await f.time.increaseTo(f.cutOffOf(slot) - 2);
      await refused(() => close("0x"), "SlotLedgerTooEarly", { slot });
    });

    it("closes a slot for which nobody uploaded", async () => {
      await f.passCutOff(slot);
      await refused(() => close(packBatch(values)), "SlotLedgerValuesLength", { got: 24, want: 0 });
      await close("0x");
      const [event] = await f.contracts.ledger.queryFilter(
        f.contracts.ledger.filters.SlotClosedIncomplete(slot),
      );
      expect(event!.args.missing).to.equal(8n);
    });

    it("does not let anyone leave out a batch that was uploaded", async () => {
      await ready(values, [0, 1]);
      await refused(() => close(f.batchOf(values, 0)), "SlotLedgerValuesLength", { got: 9, want: 18 });
      await refused(() => close("0x"), "SlotLedgerValuesLength", { got: 0, want: 9 });
      await close(packBatch(values.slice(0, 6)));
    });

    it("counts a value out of its meter's range as missing, and one at its end not", async () => {
      const { rangeBits } = records.directory[0]!;
      for (const [value, isMissing] of [
        [2 ** rangeBits - 1, false],
        [2 ** rangeBits, true],
        [-(2 ** rangeBits), false],
        [-(2 ** rangeBits) - 1, true],
        [2 ** 23 - 1, true],
        [-(2 ** 23), true],
      ] as const) {
        await restore();
        const batches = values.map((v, i) => (i === 0 ? value : v));
        await ready(batches);
        if (isMissing) {
          await refused(() => f.settle(slot, batches), "SlotLedgerValueMissing", { slot });
          await close(packBatch(batches));
          const [event] = await f.contracts.ledger.queryFilter(
            f.contracts.ledger.filters.SlotClosedIncomplete(slot),
          );
          expect(event!.args.missing).to.equal(1n);
        } else {
          await refused(() => close(packBatch(batches)), "SlotLedgerNothingMissing", { slot });
          await f.settle(slot, batches);
        }
        expect(await f.nextSlot()).to.equal(slot + 1);
      }
    });

    it("does not take a supplement for a value that is out of range, which is a value and came first", async () => {
      const batches = values.map((v, i) => (i === 0 ? 2 ** 23 - 1 : v));
      await f.uploadAll(slot, batches);
      const late = packSupplement([{ position: 0, value: values[0]! }]);
      await f.as(0).ledger.supplement(slot, late);
      await f.passCutOff(slot);
      const call = () =>
        f.contracts.ledger.settle(slot, packBatch(batches), joinSupplements([late]), angles());
      await refused(call, "SlotLedgerValueMissing", { slot });
      await close(packBatch(batches), joinSupplements([late]));
    });
  });

  describe("the ring", () => {
    it("takes a slot 256 later on the word of one that is settled, and keeps them apart", async () => {
      await ready();
      await f.settle(slot, values);
      const later = slot + 256;
      await closeUpTo(later);
      expect([...(await f.contracts.ledger.uploadsOf(later, 0))]).to.deep.equal([false, false]);
      const again = readings(records, 3);
      await f.uploadAll(later, again, [0, 1]);
      await f.passCutOff(later);
      // The batch of seat 2 from the earlier turn is none of this slot.
      const stale = packBatch([...again.slice(0, 6), ...values.slice(6)]);
      const reuse = () => f.contracts.ledger.settle(later, stale, "0x", packAngles(f.estimate(again)));
      await refused(reuse, "SlotLedgerValuesLength", { got: 24, want: 18 });
      await f.contracts.ledger.closeIncomplete(later, packBatch(again.slice(0, 6)), "0x");
      const [event] = await f.contracts.ledger.queryFilter(
        f.contracts.ledger.filters.SlotClosedIncomplete(later),
      );
      expect(event!.args.missing).to.equal(2n);
    }).timeout(60_000);

    it("is full 256 slots after the next to settle", async () => {
      await f.uploadAll(slot + 255, values, [0]);
      await f.time.increaseTo(f.startOf(slot + 256));
      const call = () => f.as(0).ledger.upload(slot + 256, f.batchOf(values, 0));
      await refused(call, "SlotLedgerRingFull", { slot: slot + 256, nextSlot: slot });
      await f.contracts.ledger.closeIncomplete(slot, "0x", "0x");
      await call();
    });
  });

  describe("operators that come and go", () => {
    it("lets one at zero credits go on: it pays nothing, and gains at most its own rewards", async () => {
      await f.as(1).consortium.transfer(f.members[0]!.address, testDeposit);
      await ready(values, [1, 2]);
      const held = await f.credits();
      await f.contracts.ledger.closeIncomplete(slot, packBatch(values.slice(3)), "0x");
      const after = await f.credits();
      // x = -270,000, 30,000, 20,000, 0: seat 1 is due (120,000 + 220,000) / 3, of which it gets 30,000.
      expect(after[1]! - held[1]!).to.be.within(30_000n, 30_000n + 90_000n);
      expect(after.reduce((sum, c) => sum + c, 0n)).to.equal(4n * testDeposit);
      await f.uploadAll(slot + 1, values, [0, 2]);
      await f.as(1).consortium.transfer(f.members[0]!.address, after[1]!);
      await f.passCutOff(slot + 1);
      await f.contracts.ledger.closeIncomplete(
        slot + 1,
        packBatch([...values.slice(0, 3), ...values.slice(6)]),
        "0x",
      );
      expect((await f.credits()).reduce((sum, c) => sum + c, 0n)).to.equal(4n * testDeposit);
    });

    it("settles on after an owner was expelled, which gains and loses nothing more", async () => {
      for (const [at, uploaders] of [
        [slot, [0, 1, 2]],
        [slot + 1, [0, 1]],
      ] as const) {
        await f.uploadAll(at, values, uploaders);
        if (at === slot) {
          await f.as(2).consortium.transfer(f.members[0]!.address, testDeposit);
          await f.contracts.consortium.expel(f.members[2]!.address);
        }
        await f.passCutOff(at);
        if (uploaders.length === 3) await f.settle(at, values);
        else await f.contracts.ledger.closeIncomplete(at, packBatch(values.slice(0, 6)), "0x");
        const credits = await f.credits();
        expect(credits[2]).to.equal(0n);
        expect(credits.reduce((sum, c) => sum + c, 0n)).to.equal(4n * testDeposit);
      }
    });
  });

  describe("onVersionActivated", () => {
    it("is refused from anyone but the registry", async () => {
      const { geometry } = records;
      const call = () => f.as(0).ledger.onVersionActivated(9, geometry, [], [], []);
      await refused(call, "SlotLedgerNotRegistry", { caller: f.members[0]!.address });
    });
  });
});

describe("SlotLedger of a single operator", () => {
  it("settles, and moves nothing", async () => {
    const records = tinyVersion(
      undefined,
      new Map([
        ["A", 0],
        ["B", 0],
        ["C", 0],
      ]),
    );
    const f = await ledgerFixture(records, 1);
    const slot = await f.nextSlot();
    const values = readings(records);
    const falsified = values.map((v, i) => (i === 0 ? v + 5_000 : v));
    await f.uploadAll(slot, falsified);
    await f.passCutOff(slot);
    await f.settle(slot, falsified);
    await f.passCutOff(slot + 1);
    await f.contracts.ledger.closeIncomplete(slot + 1, "0x", "0x");
    expect(await f.credits()).to.deep.equal([testDeposit]);
    expect(await f.nextSlot()).to.equal(slot + 2);
  });
});

function entriesAt(...positions: number[]): Uint8Array {
  return packSupplement(positions.map((position) => ({ position, value: 1 })));
}

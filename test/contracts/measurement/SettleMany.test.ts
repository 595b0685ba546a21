import { expect } from "chai";
import * as fc from "fast-check";
import { before, beforeEach, describe, it } from "mocha";
import { closedSlotOf } from "../../../workers/chain/closedSlot.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { joinSlots, type ManySlots, type QuietSlot } from "../../../workers/measurement/joinSlots.js";
import {
  joinSupplements,
  packAngles,
  packBatch,
  packSupplement,
  unpackAngles,
} from "../../../workers/measurement/packValues.js";
import { testDeposit } from "../../support/sharedGrid.js";
import { governLedger } from "./governLedger.js";
import { bringIntoForce, expectRefused, ledgerFixture, onLedger, refusal } from "./ledgerFixture.js";
import { readings, tinyPlan, tinyVersion } from "./tinyVersion.js";

type Fixture = Awaited<ReturnType<typeof ledgerFixture>>;

describe("SlotLedger.settleMany", () => {
  const records = tinyVersion();
  const firstMeters = [0, 3, 6];
  const scale = 48n + BigInt(records.geometry.weightDigits);
  let f: Fixture;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(records);
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  /** Uploads a slot's values; those of `late` (meters) come in supplements. */
  async function uploaded(slot: number, values: readonly number[], late: readonly number[] = []) {
    const batches = values.map((value, meter) => (late.includes(meter) ? MISSING_VALUE : value));
    await f.uploadAll(slot, batches);
    const supplements: Uint8Array[] = [];
    for (const [seat, first] of firstMeters.entries()) {
      const own = late.filter((meter) => meter >= first && meter < (firstMeters[seat + 1] ?? values.length));
      if (own.length === 0) continue;
      const entries = own
        .toSorted((a, b) => a - b)
        .map((meter) => ({ position: meter - first, value: values[meter]! }));
      supplements.push(packSupplement(entries));
      await f.as(seat).ledger.supplement(slot, supplements.at(-1)!);
    }
    return {
      slot,
      values: packBatch(batches),
      supplements: joinSupplements(supplements),
      angles: packAngles(f.estimate(values)),
    };
  }

  /** Uploads slots from the next on, and waits until all are due. */
  async function dueSlots(count: number, late: (i: number) => readonly number[] = () => []) {
    const first = await f.nextSlot();
    const slots = [];
    for (let i = 0; i < count; i++) slots.push(await uploaded(first + i, readings(records, i), late(i)));
    await f.passCutOff(first + count - 1);
    return slots;
  }

  const settle = async (call: ManySlots) =>
    await f.contracts.ledger.settleMany(call.first, call.count, call.values, call.supplements, call.angles);

  describe("compared with single settlements", () => {
    const history = fc.record({
      slots: fc.array(fc.record({ seed: fc.nat(1000), late: fc.uniqueArray(fc.nat(7), { maxLength: 3 }) }), {
        minLength: 1,
        maxLength: 7,
      }),
      /** What seats give away all but, before. */
      ruins: fc.array(fc.tuple(fc.constantFrom(3, 3, 0, 2), fc.bigInt(0n, 60_000n)), { maxLength: 3 }),
    });

    it("moves the same credits in each slot, whoever is ruined on the way, and counts the same J", async () => {
      const seen = { clamped: 0, supplemented: 0, odd: 0, even: 0 };
      await fc.assert(
        fc.asyncProperty(history, async ({ slots: made, ruins }) => {
          await restore();
          const first = await f.nextSlot();
          for (const [seat, left] of ruins) {
            const credits = (await f.credits())[seat]!;
            if (credits <= left) continue;
            await f.as(seat).consortium.transfer(f.members[(seat + 1) % 4]!.address, credits - left);
          }
          const slots = [];
          for (const [i, { seed, late }] of made.entries()) {
            slots.push(await uploaded(first + i, readings(records, seed), late));
            if (late.length > 0) seen.supplemented++;
          }
          const last = first + made.length - 1;
          await f.passCutOff(last);
          const snapshot = await f.connection.networkHelpers.takeSnapshot();

          const singly = [];
          for (const { slot, values, supplements, angles } of slots) {
            const response = await f.contracts.ledger.settle(slot, values, supplements, angles);
            singly.push(closedSlotOf(f.contracts, (await response.wait())!, slot)!);
          }
          const credits = await f.credits();
          await snapshot.restore();

          const receipt = (await (await settle(joinSlots(slots))).wait())!;
          expect(await f.credits()).to.deep.equal(credits);
          expect(await f.nextSlot()).to.equal(last + 1);
          for (const [i, { slot }] of slots.entries()) {
            const [alone, together] = [singly[i]!, closedSlotOf(f.contracts, receipt, slot)!];
            expect(together.moved).to.deep.equal(alone.moved);
            if (alone.kind !== "settled" || together.kind !== "settled") throw new Error("not settled");
            expect(together.overStatement).to.equal(undefined);
            expect(together.threshold).to.equal(alone.threshold);
            const { objectiveQ32 } = (
              await f.contracts.ledger.queryFilter(f.contracts.ledger.filters.QuietSlotSettled(slot))
            )[0]!.args;
            const values = readings(records, made[i]!.seed);
            const exact = certificate(records, values, unpackAngles(slots[i]!.angles)).objective;
            expect(objectiveQ32).to.equal((exact + (1n << scale) - 1n) >> scale);
          }
          expect(credits.reduce((sum, c) => sum + c, 0n)).to.equal(4n * testDeposit);
          if (credits.includes(0n)) seen.clamped++;
          if (made.length % 2 === 0) seen.even++;
          else seen.odd++;
        }),
        { numRuns: 25, seed: 118, endOnFailure: true },
      );
      for (const [what, times] of Object.entries(seen)) expect(times, what).to.be.above(3);
    }).timeout(120_000);

    it("goes on over a turn of the ring, with words of the turn before", async () => {
      const { ledger } = f.contracts;
      const ring = Number(await ledger.ringSlots());
      const old = await f.nextSlot();
      const turn = Math.ceil((old + 3) / ring) * ring;
      await f.uploadAll(old, readings(records));
      const close = async (until: number) => {
        await f.passCutOff(until - 1);
        for (let slot = await f.nextSlot(); slot < until; slot++) {
          await ledger.closeIncomplete(slot, "0x", "0x");
        }
      };
      await f.passCutOff(old);
      await f.settle(old, readings(records));
      await close(turn - 2);
      const slots = [];
      for (let slot = turn - 2; slot < turn + 2; slot++)
        slots.push(await uploaded(slot, readings(records, slot)));
      await f.passCutOff(turn + 1);
      await settle(joinSlots(slots));
      expect(await f.nextSlot()).to.equal(turn + 2);
      // The words of slot `old` are still there, a turn before.
      await close(old + ring);
      const again = [{ ...slots[0]!, slot: old + ring, values: packBatch(readings(records)) }];
      await f.passCutOff(old + ring);
      await expectRefused(f, () => settle(joinSlots(again)), "SlotLedgerBatchMissing", {
        slot: old + ring,
        seat: 0,
      });
    }).timeout(60_000);
  });

  describe("given a slot among them that is not quiet", () => {
    it("names the slot with an alarm, and its J; the others can be settled around it", async () => {
      const first = await f.nextSlot();
      const slots: QuietSlot[] = [];
      for (let i = 0; i < 5; i++) {
        const values = readings(records, i).map((value, meter) =>
          i === 2 && meter === 4 ? value + 3000 : value,
        );
        slots.push(await uploaded(first + i, values));
      }
      await f.passCutOff(first + 4);
      const values = readings(records, 2).map((value, meter) => (meter === 4 ? value + 3000 : value));
      const exact = certificate(records, values, f.estimate(values)).objective;
      await expectRefused(f, () => settle(joinSlots(slots)), "SlotLedgerAlarm", {
        slot: first + 2,
        objectiveQ32: (exact + (1n << scale) - 1n) >> scale,
      });
      await settle(joinSlots(slots.slice(0, 2)));
      const alarm = slots[2]!;
      await f.contracts.ledger.settle(alarm.slot, alarm.values, alarm.supplements, alarm.angles);
      await settle(joinSlots(slots.slice(3)));
      expect(await f.nextSlot()).to.equal(first + 5);
    });

    it("cannot be made to take an alarm for none, whatever the angles: J is least at the estimate", async () => {
      const first = await f.nextSlot();
      const values = readings(records, 2).map((value, meter) => (meter === 4 ? value + 3000 : value));
      const slot = await uploaded(first, values);
      await f.passCutOff(first);
      const best = [...f.estimate(values)];
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: -(2 ** 28), max: 2 ** 28 }), { minLength: 3, maxLength: 3 }),
          async (offset) => {
            const angles = packAngles(best.map((angle, i) => (i === 0 ? 0 : angle + offset[i - 1]!)));
            const { name } = await refusal(settle(joinSlots([{ ...slot, angles }])));
            expect(name).to.equal("SlotLedgerAlarm");
          },
        ),
        { numRuns: 50, seed: 118 },
      );
    });

    it("names the slot and the seat without a batch", async () => {
      const [a, b] = await dueSlots(2);
      const first = await f.nextSlot();
      const next = await uploaded(first + 4, readings(records, 9));
      await f.passCutOff(first + 4);
      const slots = [a!, b!, { ...a!, slot: first + 2 }, { ...a!, slot: first + 3 }, next];
      await expectRefused(f, () => settle(joinSlots(slots)), "SlotLedgerBatchMissing", {
        slot: first + 2,
        seat: 0,
      });
    });

    it("names the slot with a value that is missing, or out of range", async () => {
      for (const wrong of [MISSING_VALUE, 2 ** 23 - 1]) {
        await restore();
        const first = await f.nextSlot();
        const slots: QuietSlot[] = [];
        for (let i = 0; i < 3; i++) {
          const values = readings(records, i);
          const angles = packAngles(f.estimate(values));
          if (i === 1) values[7] = wrong;
          slots.push({ ...(await uploaded(first + i, values)), angles });
        }
        await f.passCutOff(first + 2);
        await expectRefused(f, () => settle(joinSlots(slots)), "SlotLedgerValueMissing", { slot: first + 1 });
      }
    });
  });

  describe("given slots that it cannot take", () => {
    it("refuses none, and more than the ring has", async () => {
      const [one] = await dueSlots(1);
      for (const count of [0, 257]) {
        await expectRefused(f, () => settle({ ...joinSlots([one!]), count }), "SlotLedgerSlotCount", {
          got: count,
          most: 256,
        });
      }
    });

    it("refuses others than the next", async () => {
      const slots = await dueSlots(3);
      await expectRefused(f, () => settle(joinSlots(slots.slice(1))), "SlotLedgerOutOfOrder", {
        slot: slots[1]!.slot,
        nextSlot: slots[0]!.slot,
      });
      await settle(joinSlots(slots));
      await expectRefused(f, () => settle(joinSlots(slots)), "SlotLedgerOutOfOrder");
    });

    it("refuses a slot before its cut-off", async () => {
      const slots = await dueSlots(2);
      const next = slots[1]!.slot + 1;
      slots.push(await uploaded(next, readings(records, 7)));
      await expectRefused(f, () => settle(joinSlots(slots)), "SlotLedgerTooEarly", {
        slot: next,
        cutOff: f.cutOffOf(next),
      });
    });

    it("refuses slots in another order", async () => {
      const [a, b] = await dueSlots(2);
      await expectRefused(
        f,
        () => settle({ ...joinSlots([b!, a!]), first: a!.slot }),
        "SlotLedgerValuesMismatch",
        {
          slot: a!.slot,
          seat: 0,
        },
      );
    });

    it("refuses values, supplements and angles that end early or go on", async () => {
      const slots = await dueSlots(3, (i) => (i === 1 ? [0, 4] : []));
      const call = joinSlots(slots);
      for (const [part, error] of [
        ["values", "SlotLedgerValuesLength"],
        ["supplements", "SlotLedgerSupplementsLength"],
        ["angles", "SlotLedgerAnglesLength"],
      ] as const) {
        const longer = Uint8Array.from([...call[part], 0, 0, 0]);
        await expectRefused(f, () => settle({ ...call, [part]: longer }), error, { got: longer.length });
        const shorter = call[part].subarray(0, -1);
        await expectRefused(f, () => settle({ ...call, [part]: shorter }), error, { got: shorter.length });
      }
    });
  });

  it("is refused in every bit of values and supplements; of angles too, unless their exact J is at most τ", async () => {
    const slots = await dueSlots(3, (i) => (i === 1 ? [1, 4] : []));
    const call = joinSlots(slots);
    const [valueBits, angleBits] = [8 * 24, 8 * 20];
    const attempt = async (part: Partial<ManySlots>) => {
      const { first, count, values, supplements, angles } = { ...call, ...part };
      return await f.contracts.ledger.settleMany.staticCall(first, count, values, supplements, angles).then(
        () => undefined,
        async (error: unknown) => await refusal(Promise.reject(error as Error)),
      );
    };
    expect(await attempt({})).to.equal(undefined);
    for (let bit = 0; bit < 8 * call.values.length; bit++) {
      const reason = await attempt({ values: turned(call.values, bit) });
      const within = bit % valueBits;
      expect([reason?.name, reason?.arguments.slot, reason?.arguments.seat], `bit ${bit}`).to.deep.equal([
        "SlotLedgerValuesMismatch",
        String(call.first + Math.floor(bit / valueBits)),
        String(within < 72 ? 0 : within < 144 ? 1 : 2),
      ]);
    }
    for (let bit = 0; bit < 8 * call.supplements.length; bit++) {
      const reason = await attempt({ supplements: turned(call.supplements, bit) });
      const allowed = ["SlotLedgerValuesMismatch", "SlotLedgerSupplementsLength"];
      expect(allowed, `bit ${bit}`).to.include(reason?.name);
      if (reason?.name === "SlotLedgerValuesMismatch") {
        expect(reason.arguments.slot).to.equal(String(call.first + 1));
      }
    }
    const seen = { reference: 0, alarm: 0, quiet: 0 };
    for (let bit = 0; bit < 8 * call.angles.length; bit++) {
      const i = Math.floor(bit / angleBits);
      const angles = turned(call.angles, bit);
      const reason = await attempt({ angles });
      if (bit % angleBits < 40) {
        expect([reason?.name, reason?.arguments.slot]).to.deep.equal([
          "SlotLedgerReferenceAngleOf",
          String(call.first + i),
        ]);
        seen.reference++;
        continue;
      }
      const own = unpackAngles(angles.subarray(20 * i, 20 * (i + 1)));
      const exact = certificate(records, readings(records, i), own).objective;
      const up = (exact + (1n << scale) - 1n) >> scale;
      if (reason === undefined) seen.quiet++;
      else {
        expect([reason.name, reason.arguments.slot, reason.arguments.objectiveQ32]).to.deep.equal([
          "SlotLedgerAlarm",
          String(call.first + i),
          String(up),
        ]);
        expect(up > BigInt(reason.arguments.thresholdQ32!)).to.equal(true);
        seen.alarm++;
      }
    }
    expect(seen.reference).to.equal(3 * 40);
    expect(seen.alarm).to.be.above(60);
    expect(seen.quiet).to.be.above(30);
  }).timeout(120_000);

  it("takes slots of one set of rules: the first of others has to start another call", async () => {
    const { change } = await governLedger(f);
    const first = await f.nextSlot();
    const changes = first + 2;
    await change(changes, { missingPenalty: 100_000n, reward: 20_000n });
    const slots = await dueSlots(4);
    for (const count of [3, 4]) {
      await expectRefused(f, () => settle(joinSlots(slots, count)), "SlotLedgerOtherRules", {
        firstSlot: changes,
      });
    }
    const rewards: bigint[] = [];
    for (const [from, to] of [
      [0, 2],
      [2, 4],
    ] as const) {
      const held = await f.credits();
      await settle(joinSlots(slots.slice(from, to)));
      expect(await f.nextSlot()).to.equal(first + to);
      // The seat without meters pays a third of what the others earn.
      rewards.push(held[3]! - (await f.credits())[3]!);
    }
    expect(Math.abs(Number(rewards[1]! - 2n * rewards[0]!))).to.be.below(5);
  });

  it("takes slots of one version: the first of another has to start another call", async () => {
    const slots = await dueSlots(2);
    const smaller = tinyVersion({
      ...tinyPlan,
      meters: tinyPlan.meters.filter(({ kind }) => kind !== "flowTo"),
    });
    await bringIntoForce(f, smaller, [0, 1, 2]);
    const { ledger } = f.contracts;
    const changes = Number(await ledger.slotAt(await f.time.latest())) + 1;
    const later = onLedger(f, smaller);
    const values = readings(smaller);
    await later.uploadAll(changes, values);
    await f.passCutOff(changes);
    await settle(joinSlots(slots));
    for (let slot = await f.nextSlot(); slot < changes - 1; slot++)
      await ledger.closeIncomplete(slot, "0x", "0x");
    const old = { slot: changes - 1, values: packBatch(readings(records)), supplements: new Uint8Array() };
    const angles = packAngles(f.estimate(readings(records)));
    const next = {
      ...old,
      slot: changes,
      values: packBatch(values),
      angles: packAngles(later.estimate(values)),
    };
    await expectRefused(f, () => settle(joinSlots([{ ...old, angles }, next])), "SlotLedgerOtherVersion", {
      slot: changes,
      got: 2,
      want: 1,
    });
    await ledger.closeIncomplete(changes - 1, "0x", "0x");
    await settle(joinSlots([next]));
    expect(await f.nextSlot()).to.equal(changes + 1);
  });
});

function turned(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = copy[bit >> 3]! ^ (0x80 >> (bit & 7));
  return copy;
}

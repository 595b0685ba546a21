import { expect } from "chai";
import * as fc from "fast-check";
import { before, describe, it } from "mocha";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { packBatch } from "../../../workers/measurement/packValues.js";
import { testDeposit, testTerms } from "../../support/sharedGrid.js";
import { ledgerFixture } from "./ledgerFixture.js";
import { slotCredits } from "../../../workers/incentives/slotCredits.js";
import { readings, tinyVersion } from "./tinyVersion.js";

const SEATS = 4;
const slotArbitrary = fc.record({
  /** Who uploads: mostly everyone. */
  uploads: fc.array(fc.constantFrom(true, true, true, true, true, false), { minLength: 3, maxLength: 3 }),
  /** Meters that are missing in a batch, by number: mostly none. */
  missing: fc.oneof(
    fc.constant<number[]>([]),
    fc.constant<number[]>([]),
    fc.uniqueArray(fc.nat(7), { maxLength: 8 }),
  ),
  /** A meter that is falsified, and by how much. */
  falsified: fc.option(fc.tuple(fc.nat(7), fc.integer({ min: -3000, max: 3000 })), { freq: 2 }),
  seed: fc.nat(1000),
  /** Before the slot is settled, a seat gives away all but this much. */
  ruin: fc.option(fc.tuple(fc.nat(SEATS - 1), fc.bigInt(0n, 120_000n)), { freq: 2 }),
  expels: fc.boolean(),
});

describe("the credits of slots", () => {
  const records = tinyVersion();
  const meters = [...records.metersBySeat, 0];
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(records, SEATS);
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });

  it("are what the plain reference gives, slot after slot, and their sum stays", async () => {
    const seen = { settled: 0, alarms: 0, incomplete: 0, ruined: 0, expelled: 0 };
    const { contracts } = f;
    await fc.assert(
      fc.asyncProperty(fc.array(slotArbitrary, { minLength: 4, maxLength: 10 }), async (slots) => {
        await restore();
        const active = Array.from({ length: SEATS }, () => true);
        for (const made of slots) {
          const slot = await f.nextSlot();
          const values = readings(records, made.seed).map((value, meter) => {
            if (made.missing.includes(meter)) return MISSING_VALUE;
            return made.falsified?.[0] === meter ? value + made.falsified[1] : value;
          });
          const uploaders = [0, 1, 2].filter((seat) => made.uploads[seat] && active[seat]);
          await f.uploadAll(slot, values, uploaders);

          let credits = await f.credits();
          const [poor, left] = made.ruin ?? [0, 0n];
          if (made.ruin !== null && active[poor] && credits[poor]! > left) {
            const heir = [0, 1, 2, 3].find((seat) => seat !== poor && active[seat]);
            if (heir !== undefined) {
              await f.as(poor).consortium.transfer(f.members[heir]!.address, credits[poor]! - left);
              seen.ruined++;
            }
          }
          credits = await f.credits();
          if (made.expels && credits[poor] === 0n && active[poor] && active.filter(Boolean).length > 1) {
            await contracts.consortium.expel(f.members[poor]!.address);
            active[poor] = false;
            seen.expelled++;
          }

          const bySeat = meterNumbers(meters);
          const reported = bySeat.map((own, seat) =>
            uploaders.includes(seat) ? own.filter((meter) => values[meter] !== MISSING_VALUE).length : 0,
          );
          await f.passCutOff(slot);
          let shares: bigint[] | undefined;
          if (reported.every((count, seat) => count === meters[seat])) {
            const angles = f.estimate(values);
            await f.settle(slot, values, angles);
            const events = await contracts.ledger.queryFilter(contracts.ledger.filters.SlotSettled(slot));
            const { objectiveQ32, thresholdQ32 } = events.at(-1)!.args;
            const byMeter = certificate(records, values, angles).shares;
            if (objectiveQ32 > thresholdQ32) {
              shares = bySeat.map((own) => own.reduce((sum, meter) => sum + byMeter[meter]!, 0n));
              seen.alarms++;
            }
            seen.settled++;
          } else {
            const brought = uploaders.flatMap((seat) => bySeat[seat]!.map((meter) => values[meter]!));
            await contracts.ledger.closeIncomplete(slot, packBatch(brought), "0x");
            seen.incomplete++;
          }
          const after = await f.credits();
          const candidates = slotCredits({ credits, active, meters, reported, shares }, testTerms);
          expect(candidates).to.deep.include(after);
          expect(after.reduce((sum, c) => sum + c, 0n)).to.equal(BigInt(SEATS) * testDeposit);
        }
      }),
      { numRuns: 25, seed: 118, endOnFailure: true },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).to.be.above(3);
  }).timeout(60_000);
});

/** The meters of each seat, by number. */
function meterNumbers(counts: readonly number[]): number[][] {
  let next = 0;
  return counts.map((count) => Array.from({ length: count }, () => next++));
}

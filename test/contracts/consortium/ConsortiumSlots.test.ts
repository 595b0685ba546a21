import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { net } from "../../../workers/incentives/netting.js";
import { foundConsortium } from "./foundConsortium.js";

const seats = 5;
const bySeat = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: seats, maxLength: seats });

/** A slot that can ruin an operator: each has 1,000 credits at first, and changes come in quarters of a credit. */
const slotArbitrary = fc.record({
  change: bySeat(fc.bigInt(-4_000n, 4_000n)),
  ownReward: bySeat(fc.bigInt(0n, 300n)),
  pick: fc.nat(),
  /** Whether those without credits are expelled after the slot. */
  expels: fc.boolean(),
});

describe("Consortium over many slots", () => {
  it("holds the credits that the plain reference gives, and their sum", async () => {
    const { consortium, redistribute, credits, networkHelpers } = await foundConsortium(seats);
    const accounts = (await consortium.members()).map((member) => member.account);
    const total = await consortium.totalCredits();
    const founded = await networkHelpers.takeSnapshot();

    await fc.assert(
      fc.asyncProperty(fc.array(slotArbitrary, { minLength: 1, maxLength: 12 }), async (slots) => {
        await founded.restore();
        let expected = await credits();
        const active = expected.map(() => true);
        for (const slot of slots) {
          const members = [...active.keys()].filter((seat) => active[seat]);
          const remainderSeat = members[slot.pick % members.length]!;
          const change = slot.change.map((value, seat) => (active[seat] ? value : 0n));
          const ownReward = slot.ownReward.map((value, seat) => (active[seat] ? value : 0n));

          await redistribute(change, ownReward, remainderSeat);
          expected = net({ credits: expected, change, ownReward, active, remainderSeat });
          expect(await credits()).to.deep.equal(expected);
          expect(expected.reduce((sum, value) => sum + value, 0n)).to.equal(total);

          for (const seat of slot.expels ? members : []) {
            if (expected[seat] !== 0n) continue;
            await consortium.expel(accounts[seat]!);
            active[seat] = false;
          }
        }
      }),
      { numRuns: 40, seed: 118 },
    );
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { net, type NettingInput } from "../../../workers/incentives/netting.js";

/** The input of a slot among members only, with own rewards that never bind. */
function slot(credits: bigint[], change: bigint[], rest: Partial<NettingInput> = {}): NettingInput {
  return {
    credits,
    change,
    ownReward: credits.map(() => 10n ** 40n),
    active: credits.map(() => true),
    remainderSeat: 0,
    ...rest,
  };
}

const total = (credits: readonly bigint[]) => credits.reduce((sum, value) => sum + value, 0n);

describe("net", () => {
  describe("given one operator", () => {
    it("moves nothing", () => {
      expect(net(slot([100n], [-5n]))).to.deep.equal([100n]);
      expect(net(slot([100n], [5n]))).to.deep.equal([100n]);
    });

    it("moves nothing when the other seat is empty", () => {
      const input = slot([0n, 100n], [0n, -5n], { active: [false, true], remainderSeat: 1 });
      expect(net(input)).to.deep.equal([0n, 100n]);
    });
  });

  describe("given payments that cover the dues", () => {
    it("moves exact amounts", () => {
      expect(net(slot([10n, 10n, 10n], [-8n, 6n, 2n]))).to.deep.equal([6n, 13n, 11n]);
    });

    it("rounds payments up, dues down, and gives what is left to the remainder seat", () => {
      // ⌈7/2⌉ = 4 paid; ⌊5/2⌋ = 2 and ⌊2/2⌋ = 1 due; 1 left.
      expect(net(slot([10n, 10n, 10n], [-7n, 5n, 2n], { remainderSeat: 2 }))).to.deep.equal([6n, 12n, 12n]);
    });

    it("counts members, not seats, in the divisor", () => {
      const active = [true, false, true, true];
      const input = slot([10n, 0n, 10n, 10n], [-8n, 0n, 6n, 2n], { active });
      expect(net(input)).to.deep.equal([6n, 0n, 13n, 11n]);
    });
  });

  describe("given an operator that cannot pay", () => {
    it("takes its balance and scales the dues down", () => {
      // 7 of 20 paid; dues 15 and 5: ⌊15·7/20⌋ = 5, ⌊5·7/20⌋ = 1; 1 left.
      expect(net(slot([7n, 100n, 100n], [-40n, 30n, 10n], { remainderSeat: 1 }))).to.deep.equal([
        0n,
        106n,
        101n,
      ]);
    });

    it("moves nothing if nobody pays", () => {
      expect(net(slot([0n, 100n], [-5n, 5n]))).to.deep.equal([0n, 100n]);
    });
  });

  describe("given an operator without credits that is due some", () => {
    it("pays it at most its own rewards", () => {
      const input = slot([0n, 100n], [9n, -9n], { ownReward: [4n, 0n], remainderSeat: 1 });
      expect(net(input)).to.deep.equal([4n, 96n]);
    });

    it("pays all that is due if its own rewards are more", () => {
      const input = slot([0n, 100n], [9n, -9n], { ownReward: [10n, 0n], remainderSeat: 1 });
      expect(net(input)).to.deep.equal([9n, 91n]);
    });

    it("does not cap one that has a single credit", () => {
      const input = slot([1n, 100n], [9n, -9n], { ownReward: [0n, 0n], remainderSeat: 1 });
      expect(net(input)).to.deep.equal([10n, 91n]);
    });
  });

  it("gives each operator its gain and a share of the others' losses when nothing is clamped", () => {
    // The paper's rule, applied to one gain after the other: who gains x is paid x/(n-1) by every other.
    const operators = fc.integer({ min: 2, max: 6 });
    const gains = operators.chain((n) => fc.array(fc.bigInt(-1000n, 1000n), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(gains, (x) => {
        const n = BigInt(x.length);
        const divisible = x.map((gain) => gain * (n - 1n));
        const credits = x.map(() => 10n ** 9n);
        const expected = credits.map((credit, o) =>
          divisible.reduce((sum, gain, p) => (p === o ? sum + gain : sum - gain / (n - 1n)), credit),
        );
        const change = divisible.map((gain) => n * gain - total(divisible));
        expect(net(slot(credits, change))).to.deep.equal(expected);
      }),
    );
  });
});

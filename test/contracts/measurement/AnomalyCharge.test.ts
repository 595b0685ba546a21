import { expect } from "chai";
import * as fc from "fast-check";
import { network } from "hardhat";
import { describe, it } from "mocha";

const share = fc.oneof(
  fc.constant(0n),
  fc.bigInt(0n, 1000n),
  fc.bigInt(0n, 2n ** 120n),
  fc.bigInt(0n, 2n ** 176n),
  fc.constant(2n ** 176n - 1n),
);
const slot = fc.record({
  seats: fc.array(fc.record({ share, meters: fc.integer({ min: 0, max: 300 }) }), {
    minLength: 1,
    maxLength: 8,
  }),
  penalty: fc.oneof(fc.bigInt(0n, 10n ** 6n), fc.bigInt(0n, 2n ** 64n - 1n)),
});

describe("AnomalyCharge.gains", () => {
  it("is the equation in rational numbers, to 1 and 2^-100 of A, charges up and gains down", async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("AnomalyChargeHarness");
    await fc.assert(
      fc.asyncProperty(slot, async ({ seats, penalty }) => {
        // Who owns no meter has no share.
        const own = seats.map(({ share: s, meters }) => (meters === 0 ? 0n : s));
        const meters = seats.map((seat) => seat.meters);
        const count = BigInt(meters.reduce((sum, m) => sum + m, 0));
        const scale = BigInt(Math.max(1, seats.length - 1));
        if (count === 0n) return;
        const result: unknown = await harness
          .getFunction("gains")
          .staticCall(own, meters, count, penalty, scale);
        const gain = [...(result as bigint[])];

        const total = own.reduce((sum, s) => sum + s, 0n);
        if (total === 0n) {
          expect(gain).to.deep.equal(gain.map(() => 0n));
          return;
        }
        let sum = 0n;
        gain.forEach((g, seat) => {
          sum += g;
          // A·scale·(m/|M| - S_o/S) over the common denominator S·|M|.
          const exact = penalty * scale * (BigInt(meters[seat]!) * total - own[seat]! * count);
          const slack = total * count + (penalty * scale * total * count) / 2n ** 100n;
          expect(g * total * count <= exact + slack, "gains too much").to.equal(true);
          expect(g * total * count >= exact - 2n * slack, "charged too much").to.equal(true);
          expect(g >= -penalty * scale).to.equal(true);
        });
        // Rounding only ever takes: less than one unit for each seat.
        expect(sum <= 0n && sum > -BigInt(seats.length)).to.equal(true);
      }),
      { numRuns: 300, seed: 118, endOnFailure: true },
    );
  });

  it("charges one meter less than A", async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("AnomalyChargeHarness");
    for (const others of [1, 2, 99, 32_766]) {
      const result: unknown = await harness
        .getFunction("gains")
        .staticCall([2n ** 176n - 1n, 0n], [1, others], others + 1, 20_000n, 1n);
      const [gain] = result as bigint[];
      expect(gain).to.equal(-(20_000n - 20_000n / BigInt(others + 1)));
    }
  });
});

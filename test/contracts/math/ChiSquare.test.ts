import { expect } from "chai";
import { network } from "hardhat";
import { describe, it } from "mocha";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";
import { normalQuantile } from "../../../workers/estimation/normalQuantile.js";
import { wilsonHilferty } from "../../../workers/estimation/wilsonHilferty.js";

const some = [1, 2, 3, 5, 9, 10, 17, 34, 100, 186, 999, 2897, 16_384, 40_000, 65_535, 65_536];

async function thresholds(freedom: readonly number[], quantileQ32: bigint): Promise<number[]> {
  const { ethers } = await network.create();
  const harness = await ethers.deployContract("ChiSquareHarness");
  const result: unknown = await harness.getFunction("thresholds").staticCall(freedom, quantileQ32);
  return (result as bigint[]).map((value) => Number(value) / 2 ** 32);
}

const inQ32 = (quantile: number): bigint => BigInt(Math.round(quantile * 2 ** 32));

describe("ChiSquare.threshold", () => {
  it("is the formula of Wilson and Hilferty to 2^-28, rounded down", async () => {
    for (const quantile of [0, 2 ** -32, 0.5, 1.2816, 2.326347874, 3.090232306, 4.7534, 8]) {
      const got = await thresholds(some, inQ32(quantile));
      some.forEach((k, i) => {
        const want = wilsonHilferty(k, Number(inQ32(quantile)) / 2 ** 32);
        // Doubles carry 2^-52, and the last digit of Q32 is an absolute 2^-32.
        const slack = want * 2 ** -28 + 2 ** -32;
        expect(got[i], `k = ${k}, q = ${quantile}`).to.be.within(want - slack, want * (1 + 2 ** -48));
      });
    }
  });

  it("is off from the exact quantile by less than 0.2 % from 10 degrees of freedom on (0.6 % at α = 0.001), 8 % from 1 on", async () => {
    for (const falseAlarm of [0.1, 0.05, 0.01, 1e-3]) {
      const got = await thresholds(some, inQ32(normalQuantile(falseAlarm)));
      some.forEach((k, i) => {
        const exact = chiSquareThreshold(k, falseAlarm);
        const what = `k = ${k}, α = ${falseAlarm}`;
        expect(Math.abs(got[i]! - exact) / exact, what).to.be.below(
          k < 10 ? 0.08 : falseAlarm < 0.01 ? 0.006 : 0.002,
        );
      });
    }
  });

  it("grows with the degrees of freedom and with the quantile", async () => {
    const rows = await Promise.all([0, 1, 2, 3].map((q) => thresholds(some, inQ32(q))));
    for (const [q, row] of rows.entries()) {
      row.forEach((value, i) => {
        expect(value).to.be.above(i === 0 ? 0 : row[i - 1]!);
        expect(value).to.be.above(q === 0 ? 0 : rows[q - 1]![i]!);
      });
    }
  });
});

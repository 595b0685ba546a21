import { expect } from "chai";
import { describe, it } from "mocha";
import { noise } from "../../../workers/grid/noise.js";
import { seededRandom } from "../../../workers/grid/seededRandom.js";
import type { MeteringPlan } from "../../../workers/grid/types.js";

const count = 20_000;
const plan: MeteringPlan = {
  meters: Array.from({ length: count }, (_, index) => ({
    id: `I${index}`,
    kind: "injection",
    place: index,
    sigma: index % 2 === 0 ? 1 : 50,
    owner: "A",
  })),
  zeroInjections: [1, 2],
  zeroInjectionSigma: 5,
};
const exact = new Float64Array(count + 2).fill(1000);

const first = (seed: number, stream?: number): number => seededRandom(seed, stream)();

describe("seededRandom", () => {
  it("is sfc32: the words of an independent 64-bit implementation of its rounds", () => {
    const mask = 0xffff_ffffn;
    let [a, b, c, counter] = [42n, 7n, 0x9e37_79b9n, 1n];
    const reference = (): number => {
      const sum = (a + b + counter) & mask;
      counter = (counter + 1n) & mask;
      a = b ^ (b >> 9n);
      b = (c + (c << 3n)) & mask;
      c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask;
      return Number(sum) / 2 ** 32;
    };
    for (let round = 0; round < 20; round++) reference();
    const random = seededRandom(42, 7);
    for (let draw = 0; draw < 1000; draw++) expect(random()).to.equal(reference());
  });

  it("tells seeds and streams apart", () => {
    const draws = [first(1), first(2), first(1, 1), first(1, 2), first(2, 1)];
    expect(new Set(draws).size).to.equal(draws.length);
  });
});

describe("noise", () => {
  const errors = Array.from(
    noise(plan, exact, 5).subarray(0, count),
    (value, index) => (value - 1000) / plan.meters[index]!.sigma,
  );

  it("has mean 0, variance 1 and kurtosis 3 in units of each sigma", () => {
    const moment = (power: number): number => errors.reduce((sum, error) => sum + error ** power, 0) / count;
    // Four standard deviations of each moment's own error.
    expect(moment(1)).to.be.closeTo(0, 4 / Math.sqrt(count));
    expect(moment(2)).to.be.closeTo(1, 4 * Math.sqrt(2 / count));
    expect(moment(3)).to.be.closeTo(0, 4 * Math.sqrt(15 / count));
    expect(moment(4)).to.be.closeTo(3, 4 * Math.sqrt(96 / count));
  });

  it("has independent errors from meter to meter", () => {
    const lag = errors.slice(1).reduce((sum, error, index) => sum + error * errors[index]!, 0) / (count - 1);
    expect(lag).to.be.closeTo(0, 4 / Math.sqrt(count));
  });

  it("is the same for the same seed and stream, and another for another", () => {
    expect(noise(plan, exact, 5, 2)).to.deep.equal(noise(plan, exact, 5, 2));
    expect(noise(plan, exact, 5, 2)).to.not.deep.equal(noise(plan, exact, 5, 3));
    expect(noise(plan, exact, 5, 2)).to.not.deep.equal(noise(plan, exact, 6, 2));
  });

  it("leaves zero-injection rows and its input as they are", () => {
    expect([...noise(plan, exact, 5).subarray(count)]).to.deep.equal([1000, 1000]);
    expect(exact.every((value) => value === 1000)).to.equal(true);
  });
});

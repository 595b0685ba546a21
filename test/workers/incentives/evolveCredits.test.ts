import { expect } from "chai";
import { describe, it } from "mocha";
import { seededRandom } from "../../../workers/grid/seededRandom.js";
import { classGain } from "../../../workers/incentives/classGain.js";
import { evolveCredits } from "../../../workers/incentives/evolveCredits.js";
import { expectedGain } from "../../../workers/incentives/expectedGain.js";
import { germanExample } from "../../../workers/incentives/germanExample.js";
import { sampleFailures } from "../../../workers/incentives/sampleFailures.js";
import { simulateEvolution } from "../../../workers/incentives/simulateEvolution.js";
import { timeToExpulsion } from "../../../workers/incentives/timeToExpulsion.js";

describe("the evolution of credits (paper 003, Appendix C)", () => {
  // A hundredth of the deposit, so that the smallest runs out after 10⁴ slots.
  const example = { ...germanExample, deposit: germanExample.deposit / 100n };
  const found = evolveCredits(example, { seed: 5, slotsPerPoint: 4_000, mostSlots: 20_000 });

  it("gives the smallest of the German example about 10⁶ slots, 115 days at 10 s, and gains to the others", () => {
    const { operators } = evolveCredits(germanExample, { seed: 5, slotsPerPoint: 0, mostSlots: 1 });
    const smallest = operators.at(-1)!;
    expect(smallest.slots).to.equal(1_000_000);
    expect(Math.floor(smallest.days!)).to.equal(115);
    expect(operators.map(({ gain }) => Math.sign(gain))).to.deep.equal([1, 1, 1, -1]);
    expect(operators.reduce((sum, { gain }) => sum + gain, 0)).to.be.closeTo(0, 1e-6);
    expect(operators.map(({ meters }) => meters / 10)).to.deep.equal([33, 30, 28, 9]);
  });

  it("plays out as expected: the smallest is expelled, in time, by the rules of the contracts", () => {
    const { slots, deviation } = found.operators[3]!;
    expect(found.played.expelled).to.equal(3);
    expect(Math.abs(found.played.slots - slots!)).to.be.below(4 * deviation! + 1);
    for (const { slot, credits } of found.played.points) {
      expect(credits.reduce((sum, x) => sum + x, 0n)).to.equal(4n * example.deposit);
      const drift = found.operators.map(({ gain }) => Number(example.deposit) + gain * slot);
      for (const [i, balance] of credits.entries()) {
        const { variance } = classGain(example, [0.001, 0.001, 0.001, 0.001])[i]!;
        expect(Math.abs(Number(balance) - drift[i]!)).to.be.at.most(5 * Math.sqrt(variance * slot) + slot);
      }
    }
  });

  it("has simulated points on the curves of both figures", () => {
    let compared = 0;
    for (const [figure, points] of [found.all, found.varied].entries()) {
      for (const { epsilon, expected, simulated } of points) {
        expect(expected.reduce((sum, x) => sum + x, 0)).to.be.closeTo(0, 1e-6);
        if (simulated === undefined) continue;
        const epsilons = expected.map((_, i) => (figure === 0 || i === 0 ? epsilon : example.epsilon));
        for (const [i, { variance }] of classGain(example, epsilons).entries()) {
          expect(Math.abs(simulated[i]! - expected[i]!)).to.be.below(5 * Math.sqrt(variance / 4_000) + 1);
          compared++;
        }
      }
    }
    expect(compared).to.be.above(60);
  });

  it("turns at the threshold: beyond it the smallest alone gains (figure 7a)", () => {
    expect(found.threshold).to.equal(0.01);
    for (const { epsilon, expected } of found.all) {
      if (Math.abs(epsilon - 0.01) < 1e-9) continue;
      const gaining = expected.map((loss) => loss < 0);
      expect(gaining).to.deep.equal(epsilon < 0.01 ? [true, true, true, false] : [false, false, false, true]);
    }
  });

  it("has TSO 1 better off with a single meter before even TSO 4 gains (figure 7b)", () => {
    expect(found.singleMeterAbove).to.be.below(found.smallestGainsAbove!);
    for (const { epsilon, expected, singleMeter } of found.varied) {
      if (Math.abs(epsilon - found.singleMeterAbove) > 1e-9)
        expect(singleMeter < expected[0]!).to.equal(epsilon > found.singleMeterAbove);
      if (Math.abs(epsilon - found.smallestGainsAbove!) > 1e-9)
        expect(expected[3]! < 0).to.equal(epsilon > found.smallestGainsAbove!);
    }
    const smallestAt = classGain(example, [found.smallestGainsAbove!, 0.001, 0.001, 0.001])[3]!.mean;
    expect(smallestAt).to.be.closeTo(0, 1e-6);
  });

  it("has the variance of a slot's changes, and of the time to expulsion, that are stated", () => {
    const epsilons = [0.001, 0.001, 0.001, 0.001];
    const { points } = simulateEvolution({ example, epsilons, mostSlots: 6_000, every: 1, seed: 2 });
    for (const [i, { mean, variance }] of classGain(example, epsilons).entries()) {
      const changes = points.slice(1).map((point, k) => Number(point.credits[i]! - points[k]!.credits[i]!));
      const squares = changes.reduce((sum, x) => sum + (x - mean) ** 2, 0) / changes.length;
      expect(squares / variance).to.be.within(0.85, 1.15);
    }
    const short = { ...germanExample, deposit: germanExample.deposit / 2_500n };
    const times = Array.from(
      { length: 400 },
      (_, seed) =>
        simulateEvolution({ example: short, epsilons, mostSlots: 2_000, every: 2_000, seed: 100 + seed })
          .slots,
    );
    const mean = times.reduce((sum, x) => sum + x, 0) / times.length;
    const spread = Math.sqrt(times.reduce((sum, x) => sum + (x - mean) ** 2, 0) / times.length);
    const expected = timeToExpulsion(Number(short.deposit), classGain(short, epsilons)[3]!);
    expect(Math.abs(mean - expected.slots!)).to.be.below(4 * (expected.deviation! / Math.sqrt(400)) + 1);
    expect(spread / expected.deviation!).to.be.within(0.85, 1.15);
  });

  it("agrees with the five terms, meter by meter", () => {
    const epsilons = [0.02, 0.001, 0.005, 0];
    const offline = germanExample.operators.map(({ meters }, i) =>
      Array.from({ length: meters }, () => epsilons[i]!),
    );
    const terms = { ...germanExample.terms, anomalyPenalty: 0n };
    const gains = expectedGain({ offline, terms, falseAlarm: 0, excess: [0, 0, 0, 0] });
    for (const [i, { mean }] of classGain(germanExample, epsilons).entries())
      expect(mean).to.be.closeTo(gains[i]!.total, 1e-4);
  });
});

describe("timeToExpulsion", () => {
  it("has no time for who does not lose", () => {
    expect(timeToExpulsion(100, { mean: 0, variance: 1 }).slots).to.equal(undefined);
    expect(timeToExpulsion(100, { mean: 2, variance: 1 }).slots).to.equal(undefined);
  });
});

describe("sampleFailures", () => {
  it("has the mean, the variance and the zeros of a binomial distribution", () => {
    const [meters, epsilon, slots] = [50, 0.03, 200_000];
    const next = sampleFailures(meters, epsilon, seededRandom(9));
    const counts = Array.from({ length: slots }, next);
    const mean = counts.reduce((sum, x) => sum + x, 0) / slots;
    const variance = counts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / slots;
    expect(mean).to.be.closeTo(meters * epsilon, 0.012);
    expect(variance).to.be.closeTo(meters * epsilon * (1 - epsilon), 0.03);
    expect(counts.filter((x) => x === 0).length / slots).to.be.closeTo((1 - epsilon) ** meters, 0.005);
    // Slots do not depend on each other.
    const lag = counts.slice(1).reduce((sum, x, i) => sum + (x - mean) * (counts[i]! - mean), 0) / slots;
    expect(Math.abs(lag)).to.be.below(0.02);
  });

  it("is all or nothing at the ends", () => {
    const random = seededRandom(1);
    expect(sampleFailures(7, 0, random)()).to.equal(0);
    expect(sampleFailures(7, 1, random)()).to.equal(7);
    expect(sampleFailures(0, 0.5, random)()).to.equal(0);
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { anomalyShare } from "../../../workers/incentives/anomalyShare.js";
import { expectedGain } from "../../../workers/incentives/expectedGain.js";
import { simulateSlots } from "../../../workers/incentives/simulateSlots.js";
import type { IncentiveModel } from "../../../workers/incentives/types.js";
import { builtinModel, symmetricModel, terms } from "./tinyModel.js";

const FALSE_ALARM = 0.3;
const threshold = (freedom: number): number => chiSquareThreshold(freedom, FALSE_ALARM);

/** Expected and simulated change of credits a slot; ε differs between meters. */
function both(
  model: IncentiveModel,
  epsilonOf: (meter: number) => number,
  slots: number,
  anomalyPenalty: bigint,
) {
  const used = { ...terms, anomalyPenalty };
  const offline = model.meterNames.map((_, meter) => epsilonOf(meter));
  const estimator = new Estimator(model.model);
  const { redundancy } = estimator.normalisedResiduals(estimator.newEstimate().residual);
  const { excess } = anomalyShare(model, redundancy);
  const expected = expectedGain({
    offline: model.operators.map((_, seat) =>
      offline.filter((__, meter) => model.ownerOfRow[meter] === seat),
    ),
    terms: used,
    falseAlarm: FALSE_ALARM,
    excess,
  });
  return { expected, simulated: simulateSlots({ model, offline, terms: used, threshold, slots, seed: 7 }) };
}

describe("the expected gain of operators (paper 003, Appendix D)", () => {
  it("is what slots by the contract's rules bring on IEEE 118, within four standard errors", function run() {
    this.timeout(60_000);
    const { expected, simulated } = both(
      builtinModel("ieee118"),
      (meter) => (meter % 5) * 1e-4,
      6_000,
      30_000n,
    );
    expect(simulated.complete).to.be.within(5_000, 5_999);
    expect(simulated.alarms).to.be.above(1_000);
    for (const [seat, { total }] of expected.entries())
      expect(Math.abs(simulated.mean[seat]! - total), `seat ${seat}`).to.be.below(
        4 * simulated.standardError[seat]! + 1,
      );
  });

  it("has the anomaly term that alarms cost, with nothing else random", () => {
    // No meter fails: what varies is the alarm alone, so that its term is seen sharply. A is far above what is allowed.
    const { expected, simulated } = both(builtinModel("ieee14"), () => 0, 20_000, 10_000_000n);
    expect(Math.max(...expected.map(({ anomaly }) => Math.abs(anomaly)))).to.be.above(20_000);
    let seen = 0;
    for (const [seat, { total, anomaly }] of expected.entries()) {
      const error = simulated.standardError[seat]!;
      if (Math.abs(anomaly) > 8 * error) seen++;
      expect(Math.abs(simulated.mean[seat]! - total), `seat ${seat}`).to.be.below(4 * error);
    }
    expect(seen, "operators whose term stands out of the noise").to.be.above(1);
  });

  it("is zero for symmetric operators, by formula and in play", () => {
    const model = symmetricModel(5);
    const { expected, simulated } = both(model, () => 0.01, 20_000, 20_000n);
    expect(simulated.alarms).to.be.above(1_000);
    for (const [seat, { total }] of expected.entries()) {
      expect(total).to.be.closeTo(0, 1e-9);
      expect(Math.abs(simulated.mean[seat]!)).to.be.below(4 * simulated.standardError[seat]!);
    }
  });

  it("sums to zero over the operators, whoever they are", () => {
    const epsilons = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(epsilons, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (offline, x) => {
        const excess = offline.map((_, seat) => (seat === 0 ? x : -x / (offline.length - 1)));
        const gains = expectedGain({ offline, terms, falseAlarm: 0.01, excess });
        expect(gains.reduce((sum, { total }) => sum + total, 0)).to.be.closeTo(0, 1e-6);
        for (const { total, ...parts } of gains)
          expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).to.be.closeTo(total, 1e-6);
      }),
    );
  });

  it("moves nothing with a single operator", () => {
    const [only] = expectedGain({ offline: [[0.1]], terms, falseAlarm: 0.5, excess: [0] });
    expect(only!.total).to.equal(0);
  });
});

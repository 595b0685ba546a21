import { expect } from "chai";
import { describe, it } from "mocha";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { anomalyShare } from "../../../workers/incentives/anomalyShare.js";
import { expectedGain } from "../../../workers/incentives/expectedGain.js";
import { registrationThresholds } from "../../../workers/incentives/registrationThresholds.js";
import { simulateSlots } from "../../../workers/incentives/simulateSlots.js";
import type { CreditTerms, IncentiveModel } from "../../../workers/incentives/types.js";
import { withRows } from "../../../workers/incentives/withRows.js";
import { builtinModel, terms } from "./tinyModel.js";

const FALSE_ALARM = 0.3;

/** The operators' expected gains with some meters registered: redundancies computed anew, nothing updated. */
function gains(model: IncentiveModel, offline: readonly number[], registered: Uint8Array, used: CreditTerms) {
  const reduced = withRows(model, registered);
  const estimator = new Estimator(reduced.model);
  const { redundancy } = estimator.normalisedResiduals(estimator.newEstimate().residual);
  return expectedGain({
    offline: model.operators.map((_, seat) =>
      offline.filter((__, meter) => registered[meter] === 1 && model.ownerOfRow[meter] === seat),
    ),
    terms: used,
    falseAlarm: FALSE_ALARM,
    excess: anomalyShare(reduced, redundancy).excess,
  });
}

describe("the registration threshold (paper 003, Theorem 1, Corollary 1)", () => {
  const model = builtinModel("ieee14");
  // A far above what governance allows, so that Δ₅ is not lost in rounding.
  const used = { ...terms, anomalyPenalty: 200_000n };
  const offline = model.meterNames.map((_, meter) => 1e-3 * (1 + (meter % 3)));
  const thresholds = registrationThresholds({ model, offline, terms: used, falseAlarm: FALSE_ALARM });

  it("is where registering neither wins nor loses, for every meter of IEEE 14 that may be left out", () => {
    let moved = 0;
    for (const [meter, { threshold, anomalyChange, seat }] of thresholds.entries()) {
      expect(threshold).to.be.within(0, 1);
      const without = new Uint8Array(offline.length).fill(1);
      without[meter] = 0;
      const everyone = new Uint8Array(offline.length).fill(1);
      const difference = (epsilon: number) => {
        const at = offline.map((own, i) => (i === meter ? epsilon : own));
        const [a, b] = [gains(model, at, everyone, used)[seat]!, gains(model, at, without, used)[seat]!];
        return { total: a.total - b.total, anomaly: a.anomaly - b.anomaly };
      };
      expect(difference(threshold).total, thresholds[meter]!.meter).to.be.closeTo(0, 1e-3);
      expect(difference(0.9 * threshold).total).to.be.above(1);
      expect(difference(Math.min(1, 1.1 * threshold)).total).to.be.below(-1);
      expect(difference(offline[meter]!).anomaly).to.be.closeTo(anomalyChange, 1e-3);
      // Corollary 1 in the words of the paper: at the threshold, ε = (R+Δ₅)/(R+Q).
      const atIt = difference(threshold).anomaly;
      expect((1_000 + atIt) / 90_000).to.be.closeTo(threshold, 1e-8);
      if (Math.abs(threshold - 1_000 / 90_000) > 1e-4) moved++;
    }
    expect(moved).to.be.above(5);
  });

  it("is R/(R+Q) without anomaly penalties", () => {
    const free = registrationThresholds({
      model,
      offline,
      terms: { ...terms, anomalyPenalty: 0n },
      falseAlarm: 0.01,
    });
    for (const { threshold } of free) expect(threshold).to.be.closeTo(1 / 90, 1e-12);
  });

  it("is met in play: below it registering pays, above it not, on IEEE 118", function run() {
    this.timeout(60_000);
    const large = builtinModel("ieee118");
    const quiet = large.meterNames.map(() => 0);
    const found = registrationThresholds({ model: large, offline: quiet, terms, falseAlarm: 0.01 });
    const chosen = 40;
    const { threshold, seat } = found[chosen]!;
    const registered = new Uint8Array(quiet.length).fill(1);
    registered[chosen] = 0;
    for (const [factor, sign] of [
      [0.3, 1],
      [3, -1],
    ] as const) {
      const at = quiet.map((own, meter) => (meter === chosen ? factor * threshold : own));
      const base = {
        model: large,
        offline: at,
        terms,
        threshold: (freedom: number) => chiSquareThreshold(freedom, 0.01),
        slots: 4_000,
        seed: 3,
      };
      const difference = simulateSlots(base).mean[seat]! - simulateSlots({ ...base, registered }).mean[seat]!;
      expect(difference * sign, `at ${factor} of the threshold`).to.be.above(200);
    }
  });
});

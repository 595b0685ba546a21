import { expect } from "chai";
import { describe, it } from "mocha";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";
import { Estimator } from "../../../workers/estimation/estimator.js";
import { seededRandom } from "../../../workers/grid/seededRandom.js";
import { coalitionGain } from "../../../workers/incentives/coalitionGain.js";
import { caseModel } from "./coalitionReference.js";
import { alarmGain, replayer, sum } from "./replay.js";

const penalty = 30_000;
const slots = 400;

describe("the best distortion among honest noise", () => {
  const { incentive } = caseModel("ieee118", 4);
  const { model } = incentive;
  const members = [1];
  const attack = coalitionGain(incentive, members, penalty);
  const threshold = chiSquareThreshold(model.h.rows - model.h.columns, 0.01);
  const replay = replayer(incentive);
  const { redundancy } = new Estimator(model).normalisedResiduals(new Float64Array(model.h.rows));
  const ownFreedom = sum([...redundancy].filter((_, i) => members.includes(incentive.ownerOfRow[i]!)));
  const freedom = sum([...redundancy]);

  /** Mean credits a slot, its standard error, and how often the alarm rang. */
  function simulate(scale: number): { mean: number; error: number; alarms: number } {
    const gains: number[] = [];
    let alarms = 0;
    for (let slot = 0; slot < slots; slot++) {
      const random = seededRandom(118, slot);
      const errors = model.weight.map((w, i) => {
        const radius = Math.sqrt((-2 * Math.log(1 - random())) / w);
        return radius * Math.cos(2 * Math.PI * random()) + scale * attack.attackVector[i]!;
      });
      const { objective, shares } = replay(errors);
      if (objective > threshold) alarms++;
      gains.push(objective > threshold ? alarmGain(incentive, members, shares, penalty) : 0);
    }
    const mean = sum(gains) / slots;
    const error = Math.sqrt(sum(gains.map((gain) => (gain - mean) ** 2)) / slots / slots);
    return { mean, error, alarms };
  }

  it("earns A(|M_o|/|M| - λ) in the limit of a large attack", () => {
    const { mean, alarms } = simulate(100);
    expect(alarms).to.equal(slots);
    expect(mean).to.be.closeTo(attack.distortionGain, 1e-3 * penalty);
  });

  it("earns less the nearer it is to the noise, whose part in S is its degrees of freedom", () => {
    for (const scale of [1, 2, 5]) {
      const { mean, error, alarms } = simulate(scale);
      expect(alarms).to.equal(slots);
      const size = scale ** 2 * 10 * threshold;
      const share = (attack.lambda * size + ownFreedom) / (size + freedom);
      expect(mean).to.be.closeTo(penalty * (attack.meterShare - share), 4 * error + 1e-3 * penalty);
      expect(mean).to.be.below(attack.distortionGain);
    }
  });

  it("earns next to nothing where there is no attack: one alarm in a hundred slots, shared by degrees of freedom", () => {
    const { mean, alarms } = simulate(0);
    expect(alarms).to.be.within(0, 12);
    expect(Math.abs(mean)).to.be.below(0.01 * penalty);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { wilsonHilferty } from "../../../workers/estimation/wilsonHilferty.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { multiplyRow } from "../../../workers/estimation/multiplyRow.js";
import { coalitionGain } from "../../../workers/incentives/coalitionGain.js";
import { slotCredits } from "../../../workers/incentives/slotCredits.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { angleUnits, rowValues } from "../../../workers/measurement/versionEstimator.js";
import { caseModel } from "./coalitionReference.js";
import { sum } from "./replay.js";

const penalty = 30_000n;
const terms = { reward: 1_000n, missingPenalty: 89_000n, anomalyPenalty: penalty };
const seats = [0, 1, 2, 3];

describe("an attack in the integers of the ledger, on IEEE 118", () => {
  const { incentive } = caseModel("ieee118", 4);
  const { model, meterNames, operators } = incentive;
  const names = operators.map(({ name }) => name);
  const demoGrid = prepareGrid(builtinCase("ieee118"), names);
  const { records, meters, exactKw, estimator } = demoGrid;
  const { powerUnitKw, weightDigits } = records.geometry;
  const rowOf = new Map(meterNames.map((name, row) => [name, row]));
  const count = seats.map((seat) => meters.filter(({ owner }) => owner === names[seat]).length);

  /** J / τ, whether all values are in range, and the credits after the slot. */
  function play(distortion: Float64Array) {
    const values = meters.map(({ id }, i) =>
      Math.round((exactKw[i]! + distortion[rowOf.get(id)!]!) / powerUnitKw),
    );
    const inRange = values.every((value, i) => Math.abs(value) < 2 ** records.directory[i]!.rangeBits);
    const angles = angleUnits(records, estimator.estimate(rowValues(records, values)).theta);
    const { objective, shares } = certificate(records, values, angles);
    const bySeat = seats.map((seat) =>
      shares.reduce((total, share, i) => (meters[i]!.owner === names[seat] ? total + share : total), 0n),
    );
    const threshold = wilsonHilferty(model.h.rows - model.h.columns, 2.326347874);
    const ratio = Number(objective) / 2 ** (80 + weightDigits) / threshold;
    const slot = {
      credits: seats.map(() => 10n ** 9n),
      active: seats.map(() => true),
      meters: count,
      reported: count,
    };
    const credits = (alarm: readonly bigint[] | undefined): bigint[] =>
      slotCredits({ ...slot, shares: alarm }, terms)[0]!;
    const honest = credits(undefined);
    const gained = credits(ratio > 1 ? bySeat : undefined).map((balance, seat) =>
      Number(balance - honest[seat]!),
    );
    return { ratio, inRange, gained };
  }

  it("earns a coalition what the analysis says", () => {
    for (const members of [[0], [1], [2], [3], [0, 2], [1, 2, 3]]) {
      const { attackVector, distortionGain } = coalitionGain(incentive, members, Number(penalty));
      const { ratio, inRange, gained } = play(attackVector);
      expect(inRange).to.equal(true);
      expect(ratio).to.be.closeTo(10, 0.1);
      // Values are whole power units, susceptances and weights have some 20 bits.
      expect(sum(members.map((seat) => gained[seat]!))).to.be.closeTo(distortionGain, 30);
    }
  });

  it("raises no alarm where it is hidden", () => {
    for (const members of [[0], [1], [2], [3]]) {
      const { hiddenAttack } = coalitionGain(incentive, members, Number(penalty));
      const hidden = Float64Array.from({ length: model.h.rows }, (_, i) =>
        multiplyRow(model.h, i, hiddenAttack!),
      );
      const { ratio, gained } = play(hidden);
      expect(ratio).to.be.below(1e-3);
      expect(gained).to.deep.equal([0, 0, 0, 0]);
      expect(hidden.some((value) => Math.abs(value) > 1000)).to.equal(true);
    }
  });
});

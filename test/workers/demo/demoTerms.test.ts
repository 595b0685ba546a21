import { expect } from "chai";
import { describe, it } from "mocha";
import { demoTerms } from "../../../workers/demo/demoTerms.js";

describe("demoTerms", () => {
  it("keeps withholding unprofitable for any number of operators", () => {
    for (let operators = 2; operators <= 80; operators++) {
      const { reward, missingPenalty, anomalyPenalty } = demoTerms(operators).terms;
      expect(anomalyPenalty > 0n).to.be.true;
      expect(anomalyPenalty * BigInt(operators - 1) <= reward + missingPenalty, String(operators)).to.be.true;
    }
  });

  it("takes the normal quantile of one false alarm in a hundred", () => {
    // From tables: 2.3263478740.
    expect(Number(demoTerms(4).terms.normalQuantileQ32) / 2 ** 32).to.be.closeTo(2.326347874, 1e-9);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { estimateReported } from "../../../workers/demo/estimateReported.js";
import { pickSilentMeters } from "../../../workers/demo/pickSilentMeters.js";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { slotValues } from "../../../workers/demo/slotValues.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { tinyGrid } from "./tinyDemo.js";

describe("pickSilentMeters", () => {
  it("picks two meters of one operator that the others can do without", () => {
    for (let seed = 0; seed < 40; seed++) {
      const silent = pickSilentMeters(tinyGrid, seed);
      expect(tinyGrid.estimator.degreesOfFreedom).to.equal(34 - 13);
      expect(new Set(silent).size).to.equal(2);
      expect(new Set(silent.map((meter) => tinyGrid.meters[meter]!.owner)).size).to.equal(1);

      const values = slotValues(tinyGrid, seed, 0, { silent });
      const { filledKw } = estimateReported(tinyGrid, values, 2.326347874);
      expect([...filledKw.keys()]).to.deep.equal(silent);
      // A filled value is as good as the meters around it: a few of their sigmas.
      for (const [meter, kw] of filledKw) expect(kw).to.be.closeTo(tinyGrid.exactKw[meter]!, 12_000);
    }
  });

  it("does with operators of a bus each", () => {
    const names = Array.from({ length: 14 }, (_, i) => `Operator ${i + 1}`);
    const silent = pickSilentMeters(prepareGrid(builtinCase("ieee14"), names), 1);
    expect(silent.length).to.be.within(1, 2);
  });
});

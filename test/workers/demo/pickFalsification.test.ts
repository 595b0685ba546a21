import { expect } from "chai";
import { describe, it } from "mocha";
import { estimateReported } from "../../../workers/demo/estimateReported.js";
import { pickFalsification } from "../../../workers/demo/pickFalsification.js";
import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import { slotValues } from "../../../workers/demo/slotValues.js";
import type { DemoGrid } from "../../../workers/demo/types.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { criticalRows } from "../../../workers/estimation/criticalRows.js";
import { names, tinyGrid } from "./tinyDemo.js";

const quantile = 2.326347874;

function sharedTest(demoGrid: DemoGrid, seeds: number): void {
  const picked = new Set<number>();
  const critical = criticalRows(demoGrid.estimator.analysis);
  for (let seed = 0; seed < seeds; seed++) {
    const falsified = pickFalsification(demoGrid, 50, seed);
    picked.add(falsified.meter);
    expect(falsified.identifiable).to.be.true;
    expect(critical).not.to.include(falsified.meter);

    const values = slotValues(demoGrid, seed, 3, { falsified });
    const range = 2 ** demoGrid.records.directory[falsified.meter]!.rangeBits;
    expect(values[falsified.meter]).to.be.within(-range, range - 1);
    const { objective, threshold, suspects } = estimateReported(demoGrid, values, quantile);
    expect(objective! > threshold!).to.be.true;
    expect(suspects[0]!.meter).to.equal(falsified.meter);
    expect(suspects[0]!.errorKw).to.be.closeTo(falsified.errorKw, 0.5 * Math.abs(falsified.errorKw));
  }
  expect(picked.size).to.be.greaterThan(2);
}

describe("pickFalsification", () => {
  it("picks an error that the residuals find under noise, on IEEE 14", () => sharedTest(tinyGrid, 40));

  it("picks an error that the residuals find under noise, on IEEE 118", () =>
    sharedTest(prepareGrid(builtinCase("ieee118"), [...names, "Operator 4"]), 25));

  it("grows with what J has to exceed", () => {
    const small = pickFalsification(tinyGrid, 10, 1);
    const large = pickFalsification(tinyGrid, 1_000, 1);
    expect(Math.abs(large.errorKw)).to.be.greaterThan(2 * Math.abs(small.errorKw));
  });

  it("leaves the estimator with all rows", () => {
    const { degreesOfFreedom } = tinyGrid.estimator;
    pickFalsification(tinyGrid, 10, 1);
    expect(tinyGrid.estimator.degreesOfFreedom).to.equal(degreesOfFreedom);
  });
});

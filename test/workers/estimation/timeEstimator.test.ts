import { expect } from "chai";
import { timeEstimator } from "../../../workers/estimation/timeEstimator.js";
import { fullModel, lattice } from "./models.js";

describe("timeEstimator", () => {
  it("has a figure for every step, however short the time given", () => {
    const model = fullModel(lattice(3));
    const times = timeEstimator(model, new Float64Array(model.h.rows), 1e-9);
    expect(times).to.have.all.keys("factor", "refactor", "estimate", "normalisedResiduals");
    for (const ms of Object.values(times) as number[]) expect(ms).to.be.greaterThan(0);
  });
});

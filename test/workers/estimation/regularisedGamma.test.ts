import { expect } from "chai";
import { regularisedGamma } from "../../../workers/estimation/regularisedGamma.js";

describe("regularisedGamma", () => {
  it("has both tails to 12 digits (mpmath at 40 digits)", () => {
    for (const [a, x, lower, upper] of [
      [0.5, 0.1, 0.345279153981423, 0.654720846018577],
      [0.5, 8, 0.9999366575163338, 6.334248366623985e-5],
      [3, 2.5, 0.45618688411667047, 0.5438131158833295],
      [2500, 2400, 0.02165968786536333, 0.9783403121346367],
      [2500, 2600, 0.9761810019792594, 0.023818998020740657],
      [2500, 2500, 0.5026596211076548, 0.4973403788923451],
      [1e4, 9000, 2.073299202433928e-25, 1],
    ] as const) {
      const tails = regularisedGamma(a, x);
      expect(tails.lower).to.be.closeTo(lower, 1e-12 * lower);
      expect(tails.upper).to.be.closeTo(upper, 1e-12 * upper);
    }
  });

  it("refuses arguments outside its domain", () => {
    for (const [a, x] of [
      [0, 1],
      [1, -1],
      [NaN, 1],
    ] as const)
      expect(() => regularisedGamma(a, x)).to.throw(RangeError);
  });
});

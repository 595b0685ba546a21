import { expect } from "chai";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";

/** Degrees of freedom, tail probability, quantile: computed with mpmath at 40 digits. */
const QUANTILES = [
  [1, 0.05, 3.841458820694126],
  [3, 0.01, 11.344866730144371],
  [10, 0.05, 18.307038053275146],
  [40, 1e-6, 97.65295741506303],
  [187, 0.01, 234.90671666506222],
  [187, 1e-3, 252.49911430879678],
  [187, 0.99, 144.9699931919429],
  [2897, 1e-3, 3137.933965292922],
  [5793, 0.01, 6046.341447813869],
  [16049, 1e-9, 17146.984297954594],
] as const;

describe("chiSquareThreshold", () => {
  for (const [dof, alpha, expected] of QUANTILES)
    it(`is exact to 13 digits at ${dof} degrees of freedom and α = ${alpha}`, () => {
      expect(chiSquareThreshold(dof, alpha)).to.be.closeTo(expected, 1e-13 * expected);
    });

  it("is -2 ln α at two degrees of freedom", () => {
    for (const alpha of [0.999, 0.5, 0.1, 1e-3, 1e-9, 1e-15])
      expect(chiSquareThreshold(2, alpha)).to.be.closeTo(-2 * Math.log(alpha), 1e-13 * -2 * Math.log(alpha));
  });

  it("refuses no redundancy, and probabilities that are none", () => {
    expect(() => chiSquareThreshold(0, 0.01)).to.throw(RangeError, "no redundancy");
    for (const alpha of [0, 1, -1, NaN]) expect(() => chiSquareThreshold(5, alpha)).to.throw(RangeError);
  });
});

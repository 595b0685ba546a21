import { expect } from "chai";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";
import { normalQuantile } from "../../../workers/estimation/normalQuantile.js";
import { wilsonHilferty } from "../../../workers/estimation/wilsonHilferty.js";

describe("wilsonHilferty", () => {
  for (const [dof, common, rare] of [
    [10, 1.4e-3, 1.2e-2],
    [100, 1e-4, 7.5e-4],
    [1000, 5e-6, 3e-5],
    [5793, 4e-7, 2.5e-6],
  ] as const)
    it(`at ${dof} degrees of freedom is within ${common} for α from 0.1 to 0.01, ${rare} down to 1e-4`, () => {
      for (const alpha of [0.1, 0.05, 0.02, 0.01]) expect(error(dof, alpha)).to.be.below(common);
      for (const alpha of [1e-3, 1e-4]) expect(error(dof, alpha)).to.be.below(rare);
    });
});

function error(dof: number, alpha: number): number {
  return Math.abs(wilsonHilferty(dof, normalQuantile(alpha)) / chiSquareThreshold(dof, alpha) - 1);
}

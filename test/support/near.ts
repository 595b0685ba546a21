import { expect } from "chai";

/** As chai's closeTo, which Hardhat's matchers turn into one for integers. */
export function near(got: number, wanted: number, tolerance: number): void {
  expect(Math.abs(got - wanted), `${got} against ${wanted}`).to.be.at.most(tolerance);
}

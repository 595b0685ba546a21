import { expect } from "chai";
import { normalQuantile } from "../../../workers/estimation/normalQuantile.js";

describe("normalQuantile", () => {
  it("is exact to 14 digits, far out too (mpmath at 40 digits)", () => {
    for (const [tail, expected] of [
      [0.25, 0.6744897501960817],
      [0.025, 1.9599639845400543],
      [1e-3, 3.0902323061678136],
      [1e-10, 6.361340902404057],
      [1e-30, 11.464024688443615],
    ] as const) {
      expect(normalQuantile(tail)).to.be.closeTo(expected, 1e-14 * expected);
      if (tail > 1e-4) expect(normalQuantile(1 - tail)).to.be.closeTo(-expected, 1e-12);
    }
    expect(normalQuantile(0.5)).to.equal(0);
  });
});

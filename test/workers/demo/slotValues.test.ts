import { expect } from "chai";
import { describe, it } from "mocha";
import { slotValues } from "../../../workers/demo/slotValues.js";
import { tinyGrid } from "./tinyDemo.js";

const { meters, exactKw, records } = tinyGrid;
const unit = records.geometry.powerUnitKw;

describe("slotValues", () => {
  it("scatters values about the exact ones by each meter's sigma", () => {
    const slots = 400;
    const squares = new Float64Array(meters.length);
    for (let stream = 0; stream < slots; stream++) {
      for (const [meter, value] of slotValues(tinyGrid, 1, stream).entries()) {
        squares[meter]! += ((value * unit - exactKw[meter]!) / meters[meter]!.sigma) ** 2;
      }
    }
    // The variance of a sample of 400 is off by 0.07 of itself; over 34 meters 5 of those do not occur.
    for (const sum of squares) expect(sum / slots).to.be.within(0.65, 1.35);
  });

  it("gives the same values for the same seed and slot, and others for another", () => {
    expect(slotValues(tinyGrid, 3, 5)).to.deep.equal(slotValues(tinyGrid, 3, 5));
    expect(slotValues(tinyGrid, 3, 5)).not.to.deep.equal(slotValues(tinyGrid, 3, 6));
    expect(slotValues(tinyGrid, 3, 5)).not.to.deep.equal(slotValues(tinyGrid, 4, 5));
  });

  it("departs from the honest values at the meters named, and nowhere else", () => {
    const honest = slotValues(tinyGrid, 1, 0);
    const departing = slotValues(tinyGrid, 1, 0, {
      silent: [2, 9],
      falsified: { meter: 4, errorKw: 5_000 * unit, identifiable: true },
    });
    for (const [meter, value] of departing.entries()) {
      if (meter === 2 || meter === 9) expect(value).to.equal(-(2 ** 23));
      else if (meter === 4) expect(value - honest[meter]!).to.be.closeTo(5_000, 1);
      else expect(value).to.equal(honest[meter]);
    }
  });
});

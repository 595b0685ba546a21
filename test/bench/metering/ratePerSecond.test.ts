import { expect } from "chai";
import { describe, it } from "mocha";
import { ratePerSecond } from "../../../bench/metering/ratePerSecond.js";

describe("ratePerSecond", () => {
  it("is the pace of groups that come at a pace, whatever their size", () => {
    const groups = Array.from({ length: 11 }, (_, i) => Array.from({ length: 50 }, () => 7_000 + 1_000 * i));
    expect(ratePerSecond(groups.flat())).to.equal(50);
  });

  it("is 0 where there is no time to speak of", () => {
    expect(ratePerSecond([])).to.equal(0);
    expect(ratePerSecond([5, 5, 5])).to.equal(0);
  });
});

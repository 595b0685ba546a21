import { expect } from "chai";
import { describe, it } from "mocha";
import { allCoalitions } from "../../../workers/incentives/allCoalitions.js";

describe("allCoalitions", () => {
  it("lists every coalition of up to 12 operators once", () => {
    expect(allCoalitions(3)).to.deep.equal([[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]);
    const twelve = allCoalitions(12);
    expect(new Set(twelve.map(String)).size).to.equal(2 ** 12 - 1);
    expect(twelve).to.have.length(2 ** 12 - 1);
  });

  it("lists those of up to three beyond", () => {
    const thirteen = allCoalitions(13);
    expect(thirteen).to.have.length(13 + 78 + 286);
    expect(thirteen.at(-1)).to.deep.equal([10, 11, 12]);
    expect(new Set(thirteen.map(String)).size).to.equal(thirteen.length);
  });

  it("has one for one operator and none for none", () => {
    expect(allCoalitions(1)).to.deep.equal([[0]]);
    expect(allCoalitions(0)).to.deep.equal([]);
  });
});

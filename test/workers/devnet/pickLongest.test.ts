import { expect } from "chai";
import { describe, it } from "mocha";
import { pickLongest } from "../../../workers/devnet/pickLongest.js";

const at = (height: number, time: number) => ({ head: { height, time } });

describe("pickLongest", () => {
  it("takes the highest head, the first of several", () => {
    const [low, high, same] = [at(7, 99), at(8, 100), at(8, 100)];
    expect(pickLongest([low, high, same], 100)).to.equal(high);
    expect(pickLongest([], 100)).to.equal(undefined);
  });

  it("passes over a head from the future, which a node with a fast clock sealed for itself", () => {
    const [others, fast] = [at(8, 100), at(9, 105)];
    expect(pickLongest([fast, others], 100)).to.equal(others);
    expect(pickLongest([fast, others], 105)).to.equal(fast);
    expect(pickLongest([fast], 100)).to.equal(undefined);
  });
});

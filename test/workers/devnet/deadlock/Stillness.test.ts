import { expect } from "chai";
import { describe, it } from "mocha";
import { Stillness } from "../../../../workers/devnet/deadlock/Stillness.js";

const seen = (number: number, hash: string, peers = 3) => ({
  number,
  sealer: `0x${number}`,
  head: { height: 1, hash, totalDifficulty: 1n },
  peers,
  sealers: [],
  recents: [],
});

const times = (nodes: ReturnType<Stillness["look"]>): number[] => nodes.map((node) => node.stillSeconds);

describe("Stillness", () => {
  it("counts from the last change of a node's head or peers", () => {
    const stillness = new Stillness();
    expect(times(stillness.look([seen(1, "a"), seen(2, "a")], 100))).to.deep.equal([0, 0]);
    expect(times(stillness.look([seen(1, "a"), seen(2, "b")], 105))).to.deep.equal([5, 0]);
    expect(times(stillness.look([seen(1, "a", 2), seen(2, "b")], 107))).to.deep.equal([0, 2]);
    expect(times(stillness.look([seen(1, "a", 2), seen(2, "b")], 112))).to.deep.equal([5, 7]);
  });

  it("begins anew with a node that was away", () => {
    const stillness = new Stillness();
    stillness.look([seen(1, "a"), seen(2, "a")], 0);
    stillness.look([seen(1, "a")], 10);
    expect(times(stillness.look([seen(1, "a"), seen(2, "a")], 20))).to.deep.equal([20, 0]);
  });
});

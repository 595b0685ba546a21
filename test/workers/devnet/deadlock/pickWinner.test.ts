import { expect } from "chai";
import { describe, it } from "mocha";
import { pickWinner } from "../../../../workers/devnet/deadlock/pickWinner.js";

const at = (totalDifficulty: bigint, height: number, hash: string) => ({
  head: { totalDifficulty, height, hash },
});

describe("pickWinner", () => {
  it("takes the highest difficulty, then the lowest number, then the lowest hash", () => {
    const heavy = at(16n, 9, "0xff");
    const low = at(15n, 7, "0xee");
    const lowAndSmall = at(15n, 7, "0x0a");
    const high = at(15n, 8, "0x01");
    expect(pickWinner([low, high, heavy, lowAndSmall])).to.equal(heavy);
    expect(pickWinner([high, low, lowAndSmall])).to.equal(lowAndSmall);
    expect(pickWinner([high, low])).to.equal(low);
  });

  it("compares difficulties beyond 2⁵³, and hashes as numbers whatever their case", () => {
    const more = at(2n ** 60n + 1n, 9, "0xff");
    expect(pickWinner([at(2n ** 60n, 1, "0x01"), more])).to.equal(more);
    const small = at(1n, 1, "0x0A");
    expect(pickWinner([at(1n, 1, "0x0b"), small])).to.equal(small);
  });

  it("is the same head in whatever order one looks", () => {
    const heads = [at(15n, 8, "0x03"), at(15n, 7, "0x05"), at(15n, 7, "0x04"), at(14n, 2, "0x01")];
    for (let turn = 0; turn < heads.length; turn++) {
      expect(pickWinner([...heads.slice(turn), ...heads.slice(0, turn)])).to.equal(heads[2]);
      expect(pickWinner(heads.toReversed())).to.equal(heads[2]);
    }
  });
});

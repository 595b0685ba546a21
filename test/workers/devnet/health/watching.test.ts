import { array, assert, double, property } from "fast-check";
import { expect } from "chai";
import { describe, it } from "mocha";
import { clockOffset } from "../../../../workers/devnet/health/clockOffset.js";
import { findFork } from "../../../../workers/devnet/health/findFork.js";
import { SealBook } from "../../../../workers/devnet/health/SealBook.js";

describe("SealBook", () => {
  it("counts the blocks of each sealer, and since its last", () => {
    const book = new SealBook();
    expect(book.blocksSince("0xA")).to.equal(null);
    for (const [i, sealer] of ["0xa", "0xB", "0xa", "0xc"].entries()) book.add(11 + i, sealer, 1_000 + i);
    expect(book.next).to.equal(15);
    expect(["0xA", "0xb", "0xc", "0xd"].map((one) => book.blocksSince(one))).to.deep.equal([1, 2, 0, 4]);
    expect(["0xA", "0xb", "0xd"].map((one) => book.countOf(one))).to.deep.equal([2, 1, 0]);
    expect(["0xa", "0xd"].map((one) => book.secondsOf(one))).to.deep.equal([1_002, null]);
  });
});

/** Chains as strings: the character at a height is the block. */
const find = async (depth: number, ...chains: readonly string[]): Promise<number | null> =>
  await findFork(
    chains.map((chain) => chain.length - 1),
    depth,
    async (node, height) => chains[node]![height],
  );

describe("findFork", () => {
  it("looks as deep below the lowest head as there are confirmations", async () => {
    expect(await find(3, "0abcdefg", "0abcdxyz")).to.equal(null);
    expect(await find(3, "0abcdefg", "0abxyzuv")).to.equal(4);
    expect(await find(3, "0abcdefg", "0abx")).to.equal(null);
    expect(await find(3, "0abcdefg", "0xyzuv")).to.equal(2);
    expect(await find(3, "0abcdefg")).to.equal(null);
  });

  it("passes over a node that does not answer", async () => {
    expect(await findFork([9, 9], 3, async (node) => (node === 0 ? "a" : undefined))).to.equal(null);
  });
});

/** Blocks a second apart, each heard as a node does whose clock is `offset` ahead, `late` seconds after it could be. */
const heard = (offset: number, late: readonly number[]) =>
  late.map((delay, i) => ({ blockSeconds: 1_000 + i, arrivedSeconds: 1_000 + i - offset + delay }));

describe("clockOffset", () => {
  it("never overstates how far ahead a clock is, and is exact once a block came on time", () => {
    const delays = array(double({ min: 0, max: 3, noNaN: true }), { minLength: 10, maxLength: 20 });
    assert(
      property(double({ min: -5, max: 5, noNaN: true }), delays, (offset, late) => {
        expect(clockOffset(heard(offset, late))).to.be.at.most(offset + 1e-9);
        const onTime = clockOffset(heard(offset, [...late.slice(1), 0]))!;
        expect(Math.abs(onTime - offset)).to.be.lessThan(1e-9);
      }),
    );
  });

  it("says nothing from a few blocks, and forgets those long past", () => {
    expect(
      clockOffset(
        heard(
          5,
          Array.from({ length: 9 }, () => 0),
        ),
      ),
    ).to.equal(undefined);
    const wasAhead = heard(
      5,
      Array.from({ length: 10 }, () => 0),
    );
    const isRight = heard(
      0,
      Array.from({ length: 20 }, () => 0),
    );
    expect(clockOffset([...wasAhead, ...isRight])).to.equal(0);
  });
});

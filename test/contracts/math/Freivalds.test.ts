import { expect } from "chai";
import { AbiCoder, id, keccak256 } from "ethers";
import { network } from "hardhat";
import { before, describe, it } from "mocha";

const ROUNDS = 6;
const RANGE = 2n ** 23n;
const seed = id("a model");

/** The definition: 23 bits a round of keccak256(seed, position), less half the range. */
function drawn(length: number): bigint[] {
  return Array.from({ length }, (_, j) => {
    const hash = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [seed, j])));
    return Array.from({ length: ROUNDS }, (_entry, r) => ((hash >> BigInt(23 * r)) % RANGE) - RANGE / 2n);
  }).flat();
}

describe("Freivalds", () => {
  let call: <T>(name: string, ...args: unknown[]) => Promise<T>;
  before(async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("FreivaldsHarness");
    call = async <T>(name: string, ...args: unknown[]) =>
      (await harness.getFunction(name).staticCall(...args)) as T;
  });

  it("draws what the definition says, and packs it without loss", async () => {
    expect([...(await call<bigint[]>("draw", seed, 40))]).to.deep.equal(drawn(40));
    const packed = await call<bigint[]>("packAndSplit", seed, 39, 40);
    expect([...packed]).to.deep.equal([...drawn(39), ...Array.from({ length: ROUNDS }, () => 0n)]);
  });

  it("draws evenly from the whole range", async () => {
    const entries = [...(await call<bigint[]>("draw", seed, 2000))].map(Number);
    const half = Number(RANGE) / 2;
    expect(Math.min(...entries)).to.be.within(-half, -0.999 * half);
    expect(Math.max(...entries)).to.be.within(0.999 * half, half - 1);
    // Four standard deviations of the mean and of the share below a quarter of the range.
    const mean = entries.reduce((sum, x) => sum + x, 0) / entries.length;
    expect(Math.abs(mean)).to.be.below((4 * 2 * half) / Math.sqrt(12 * entries.length));
    const low = entries.filter((x) => x < -half / 2).length / entries.length;
    expect(Math.abs(low - 0.25)).to.be.below(4 * Math.sqrt(0.1875 / entries.length));
  });

  it("splits every packed pair of numbers below 2^127", async () => {
    const ends = [0n, 1n, -1n, 2n ** 127n - 1n, 1n - 2n ** 127n];
    for (const low of ends) {
      for (const high of ends) {
        expect([...(await call<bigint[]>("split", low + (high << 128n)))]).to.deep.equal([low, high]);
      }
    }
  });

  it("finds the first number above what is allowed, whatever its size", async () => {
    const most = 2n ** 255n - 1n;
    const cases: [bigint[], bigint, bigint][] = [
      [[5n, -5n], 5n, 2n],
      [[5n, -6n, 7n], 5n, 1n],
      [[0n, most], 5n, 1n],
      [[-most - 1n], 2n ** 200n, 0n],
      [[], 0n, 0n],
    ];
    for (const [numbers, allowed, position] of cases) {
      expect(await call("firstBeyond", numbers, allowed)).to.equal(position);
    }
  });

  describe("a row of 40 entries, each allowed a rounding of u", () => {
    const length = 40;
    const unit = 2n ** 100n;
    const sum = BigInt(length) * unit;
    const rounding = Array.from({ length }, (_, j) => (j % 3 === 0 ? unit : j % 3 === 1 ? -unit : 0n));
    const withFault = (fault: bigint, at: number): bigint[] =>
      rounding.map((r, j) => (j === at ? r + fault : r));
    const passes = async (d: bigint[], trials: number): Promise<[bigint, bigint]> => {
      const [all, rounds] = await call<[bigint, bigint]>("passes", d, sum, trials);
      return [all, rounds];
    };

    it("passes with honest roundings, the largest too, under every seed", async () => {
      for (const d of [rounding, rounding.map(() => unit), rounding.map(() => -unit)]) {
        expect(await passes(d, 100)).to.deep.equal([100n, 600n]);
      }
    });

    it("does not pass a single round with an entry of the stated smallest size, wherever it is", async () => {
      const smallest = RANGE * sum;
      for (const at of [0, 1, 19, length - 1]) {
        for (const fault of [smallest, -smallest, 2n ** 231n, 3n * smallest]) {
          expect(await passes(withFault(fault, at), 25)).to.deep.equal([0n, 0n]);
        }
      }
    });

    it("passes rounds as rarely as the bound 2·tolerance/(B·E) + 1/B says, for smaller entries", async () => {
      for (const inverse of [4n, 16n, 64n]) {
        const trials = 200;
        // With E = sum·inverse the bound is 1/inverse + 1/B.
        const [all, rounds] = await passes(withFault(inverse * sum, 7), trials);
        const bound = 1 / Number(inverse);
        const draws = trials * ROUNDS;
        expect(Number(rounds)).to.be.at.most(bound * draws + 4 * Math.sqrt(bound * draws));
        expect(Number(all)).to.be.at.most(trials * bound ** 2);
        // And the bound is not far off: the check sees nothing below.
        expect(Number(rounds)).to.be.at.least((bound * draws) / 2 - 4 * Math.sqrt(bound * draws));
      }
    });

    it("does not pass with faults that cancel in an even vector, or in most", async () => {
      const smallest = RANGE * sum;
      const d = rounding.map((r, j) => (j === 3 ? r + smallest : j === 30 ? r - smallest : r));
      expect(await passes(d, 50)).to.deep.equal([0n, 0n]);
    });
  });
});

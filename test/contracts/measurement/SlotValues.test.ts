import { expect } from "chai";
import { hexlify } from "ethers";
import * as fc from "fast-check";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { packBatch } from "../../../workers/measurement/packValues.js";

describe("SlotValues, ranges", () => {
  let check: (values: readonly number[], bits: readonly number[]) => Promise<[boolean, bigint]>;
  before(async () => {
    const { ethers } = await network.create();
    const harness = await ethers.deployContract("RangesHarness");
    check = async (values, bits) => {
      const masks = bits.flatMap((e) => {
        const mask = 2 ** 24 - 2 ** (e + 1);
        return [mask >> 16, (mask >> 8) & 255, mask & 255];
      });
      const result: unknown = await harness
        .getFunction("anyOutOfRange")
        .staticCall(hexlify(packBatch(values)), hexlify(Uint8Array.from(masks)), values.length);
      const [any, count] = result as [boolean, bigint];
      return [any, count];
    };
  });

  it("finds one value out of range at every place, for any number of meters, and none where there is none", async () => {
    for (let meters = 1; meters <= 90; meters++) {
      const bits = Array.from({ length: meters }, (_, i) => i % 23);
      const ends = bits.map((e, i) => (i % 2 === 0 ? 2 ** e - 1 : -(2 ** e)));
      expect(await check(ends, bits), `${meters} meters`).to.deep.equal([false, 0n]);
      const places = meters <= 45 ? [...bits.keys()] : [0, 39, 40, meters - 2, meters - 1];
      for (const at of places) {
        const values = ends.map((value, i) => (i !== at ? value : i % 2 === 0 ? value + 1 : value - 1));
        expect(await check(values, bits), `meter ${at} of ${meters}`).to.deep.equal([true, 1n]);
      }
    }
  }).timeout(60_000);

  it("finds what the plain comparison finds", async () => {
    const meter = fc.tuple(
      fc.oneof(fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }), fc.integer({ min: -300, max: 300 })),
      fc.nat(22),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(meter, { minLength: 1, maxLength: 100 }), async (meters) => {
        const outside = meters.filter(([value, e]) => value < -(2 ** e) || value >= 2 ** e).length;
        const values = meters.map(([value]) => value);
        const bits = meters.map(([, e]) => e);
        expect(await check(values, bits)).to.deep.equal([outside > 0, BigInt(outside)]);
      }),
      { numRuns: 200, seed: 118 },
    );
  });
});

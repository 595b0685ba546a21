import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  applySupplement,
  joinSupplements,
  packAngles,
  packBatch,
  packSupplement,
  unpackAngles,
  unpackBatch,
  unpackSupplement,
} from "../../../workers/measurement/packValues.js";

const value = fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 });
const angle = fc.integer({ min: -(2 ** 39), max: 2 ** 39 - 1 });

describe("packed values", () => {
  it("come back, at the ends of 24 bits too", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect([...unpackBatch(packBatch(values))]).to.deep.equal(values);
      }),
      { seed: 118 },
    );
    expect(Buffer.from(packBatch([-(2 ** 23), -1, 0, 2 ** 23 - 1])).toString("hex")).to.equal(
      "800000ffffff0000007fffff",
    );
  });

  it("are refused beyond 24 bits, and if they are no integers, by position", () => {
    for (const wrong of [2 ** 23, -(2 ** 23) - 1, 0.5, NaN, Infinity]) {
      expect(() => packBatch([0, wrong])).to.throw(RangeError, /^value 1: .* does not fit in 24 bits/);
    }
    expect(() => unpackBatch(new Uint8Array(4))).to.throw(RangeError, "4 bytes");
  });
});

describe("packed angles", () => {
  it("come back, at the ends of 40 bits too", () => {
    const ends = [-(2 ** 39), 2 ** 39 - 1, -1, 0, 2 ** 32, -(2 ** 32), 2 ** 32 - 1];
    fc.assert(
      fc.property(fc.array(angle), (angles) => {
        expect([...unpackAngles(packAngles([...angles, ...ends]))]).to.deep.equal([...angles, ...ends]);
      }),
      { seed: 118 },
    );
    expect(Buffer.from(packAngles([-(2 ** 39), 2 ** 39 - 1])).toString("hex")).to.equal(
      "80000000007fffffffff",
    );
  });

  it("are refused beyond 40 bits, by position", () => {
    for (const wrong of [2 ** 39, -(2 ** 39) - 1, 0.5, NaN]) {
      expect(() => packAngles([0, 0, wrong])).to.throw(RangeError, /^angle 2: .* does not fit in 40 bits/);
    }
  });
});

describe("packed supplements", () => {
  const entries = [
    { position: 0, value: -(2 ** 23) },
    { position: 2, value: 7 },
    { position: 65_535, value: 2 ** 23 - 1 },
  ];

  it("come back", () => {
    const bytes = packSupplement(entries);
    expect(Buffer.from(bytes).toString("hex")).to.equal("000080000000020000 07ffff7fffff".replace(" ", ""));
    expect(unpackSupplement(bytes)).to.deep.equal(entries);
    // A view into a larger buffer is read where it begins.
    expect(unpackSupplement(new Uint8Array([9, ...bytes]).subarray(1))).to.deep.equal(entries);
    expect(() => unpackSupplement(new Uint8Array(4))).to.throw(RangeError, "4 bytes");
  });

  it("fill what is missing and nothing else", () => {
    const batch = Int32Array.from([1, -(2 ** 23), -(2 ** 23)]);
    const filled = applySupplement(batch, [
      { position: 0, value: 5 },
      { position: 2, value: 6 },
    ]);
    expect([...filled]).to.deep.equal([1, -(2 ** 23), 6]);
    expect(batch[2]).to.equal(-(2 ** 23));
  });

  it("are joined with their lengths before them", () => {
    const joined = joinSupplements([packSupplement([entries[1]!]), packSupplement(entries)]);
    expect(Buffer.from(joined.subarray(0, 11)).toString("hex")).to.equal(
      "00000500020000070000 0f".replace(" ", ""),
    );
    expect(joined).to.have.length(3 + 5 + 3 + 15);
    expect(joinSupplements([])).to.have.length(0);
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  MISSING,
  packBatch,
  packSupplement,
  unpackBatch,
  unpackSupplement,
} from "../../../workers/operator/slotValues.js";

const value = fc.integer({ min: MISSING, max: -MISSING - 1 });

describe("slotValues", () => {
  it("packs as the contract reads: big-endian, 24 bits, two's complement", () => {
    expect(Buffer.from(packBatch([1, -1, MISSING, 0x123456])).toString("hex")).to.equal(
      "000001ffffff800000123456",
    );
    const entries = [
      { position: 1, value: -2 },
      { position: 0x1234, value: 5 },
    ];
    expect(Buffer.from(packSupplement(entries)).toString("hex")).to.equal("0001fffffe1234000005");
  });

  it("gives back what was packed", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect([...unpackBatch(packBatch(values))]).to.deep.equal(values);
      }),
    );
    const entry = fc.record({ position: fc.integer({ min: 0, max: 0xffff }), value });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(unpackSupplement(packSupplement(entries))).to.deep.equal(entries);
      }),
    );
  });

  it("refuses what does not fit", () => {
    for (const wrong of [2 ** 23, -(2 ** 23) - 1, 0.5, NaN]) {
      expect(() => packBatch([wrong])).to.throw(RangeError, String(wrong));
    }
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { verifyTypedData, Wallet } from "ethers";
import { describe, it } from "mocha";
import { meterPlace, readingSigner, signReading } from "../../../workers/crypto/meterReading.js";

const TYPES = {
  Reading: [
    { name: "slot", type: "uint256" },
    { name: "place", type: "uint256" },
    { name: "value", type: "int64" },
  ],
};

const reading = fc.record({
  slot: fc.nat(2 ** 31),
  place: fc.nat(2 ** 22 - 1),
  value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
});

describe("signatures of meters", () => {
  const wallet = new Wallet(`0x${"55".repeat(32)}`);
  const domain = { chainId: 1337n, meterKeys: `0x${"cd".repeat(20)}` };

  it("are what any EIP-712 implementation makes and takes", () => {
    fc.assert(
      fc.property(reading, (one) => {
        const signature = signReading(wallet.privateKey, domain, one);
        const eip712 = {
          name: "GridProof Meter",
          version: "1",
          chainId: domain.chainId,
          verifyingContract: domain.meterKeys,
        };
        expect(verifyTypedData(eip712, TYPES, one, signature)).to.equal(wallet.address);
        expect(readingSigner(domain, one, signature)).to.equal(wallet.address);
      }),
      { numRuns: 20 },
    );
  });

  it("hold for nothing else", () => {
    fc.assert(
      fc.property(reading, reading, (one, other) => {
        fc.pre(one.slot !== other.slot || one.place !== other.place || one.value !== other.value);
        const signature = signReading(wallet.privateKey, domain, one);
        expect(readingSigner(domain, other, signature)).to.not.equal(wallet.address);
      }),
      { numRuns: 20 },
    );
  });

  it("name a place as the directory does", () => {
    expect(meterPlace("injection", 1)).to.equal(1);
    expect(meterPlace("flowFrom", 7)).to.equal(2 ** 20 + 7);
    expect(meterPlace("flowTo", 7)).to.equal(2 * 2 ** 20 + 7);
    expect(meterPlace("pmu", 2 ** 20 - 1)).to.equal(2 ** 22 - 1);
  });
});

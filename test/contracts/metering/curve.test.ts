import { expect } from "chai";
import * as fc from "fast-check";
import { hexlify, toBeHex, ZeroAddress } from "ethers";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import type { Contract } from "ethers";
import { addressOfKey } from "../../../workers/crypto/addressOfKey.js";
import { publicKeyFlaw } from "../../../workers/crypto/checkPublicKey.js";
import { recoverCompact, signCompact } from "../../../workers/crypto/compactSignature.js";
import { MOST_S, ORDER } from "../../../workers/crypto/curve.js";
import { compactParts } from "../../../workers/metering/keys/signTyped.js";
import { namedKeys } from "./meteringFixture.js";

const FIELD = 2n ** 256n - 2n ** 32n - 977n;

describe("points and signatures in the contract, and off the chain", () => {
  let harness: Contract;
  before(async () => {
    const { ethers } = await network.create({ network: "default" });
    harness = await ethers.deployContract("MeteringHarness");
  });
  const addressOf = async (point: Uint8Array | string): Promise<string> =>
    (await harness.getFunction("addressOf")(point)) as string;
  const signer = async (digest: Uint8Array, signature: Uint8Array): Promise<string> => {
    const { r, vs } = compactParts(signature);
    return (await harness.getFunction("signer")(digest, r, vs)) as string;
  };

  it("agree on the address of every key", async () => {
    for (let i = 0; i < 20; ++i) {
      const { publicKey } = namedKeys(`point ${i}`);
      expect(await addressOf(publicKey)).to.equal(addressOfKey(publicKey));
    }
  });

  it("agree on what is a point at all", async () => {
    const word = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2, 3, 4, 6), word, async (sign, x) => {
        const point = Uint8Array.of(sign, ...x);
        const expected = publicKeyFlaw(point) === undefined ? addressOfKey(point) : ZeroAddress;
        expect(await addressOf(point)).to.equal(expected);
      }),
      { numRuns: 60 },
    );
    for (const bytes of ["0x", "0x02", `0x02${"00".repeat(33)}`, `0x${"00".repeat(33)}`]) {
      expect(await addressOf(bytes)).to.equal(ZeroAddress);
    }
    // x of the field's order and above stands for no element, though x - p would be of a point.
    for (const x of [FIELD, FIELD + 1n, FIELD + 2n, 2n ** 256n - 1n]) {
      expect(await addressOf(`0x02${toBeHex(x, 32).slice(2)}`)).to.equal(ZeroAddress);
    }
  });

  it("agree on who signed, whatever bit is flipped", async () => {
    const { privateKey } = namedKeys("signer");
    const digest = namedKeys("digest").privateKey;
    const signature = signCompact(digest, privateKey);
    for (let bit = 0; bit < 512; ++bit) {
      const other = Uint8Array.from(signature);
      other[bit >> 3]! ^= 0x80 >> (bit & 7);
      const key = recoverCompact(digest, other);
      expect(await signer(digest, other), `bit ${bit}`).to.equal(key ? addressOfKey(key) : ZeroAddress);
    }
    expect(await signer(digest, signature)).to.equal(addressOfKey(namedKeys("signer").publicKey));
  });

  it("agree on the edges of r and s", async () => {
    const digest = namedKeys("digest").privateKey;
    const edges = [0n, 1n, MOST_S, MOST_S + 1n, ORDER - 1n, ORDER, 2n ** 255n - 1n];
    for (const r of edges) {
      for (const s of edges) {
        for (const parity of [0n, 1n]) {
          const hex = toBeHex(r, 32) + toBeHex((parity << 255n) | (s & (2n ** 255n - 1n)), 32).slice(2);
          const signature = Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
          const key = recoverCompact(digest, signature);
          expect(await signer(digest, signature), hexlify(signature)).to.equal(
            key ? addressOfKey(key) : ZeroAddress,
          );
        }
      }
    }
  });
});

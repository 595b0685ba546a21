import { expect } from "chai";
import * as fc from "fast-check";
import { decodeRlp, getAddress } from "ethers";
import { describe, it } from "mocha";
import { cliqueExtraData } from "../../../workers/devnet/engines/cliqueGenesis.js";
import { qbftExtraData } from "../../../workers/devnet/engines/qbftGenesis.js";

const ADDRESS = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);

describe("extraData of a Clique genesis block", () => {
  it("is vanity, the signers in ascending order, and room for a seal, whatever order they are given in", () => {
    fc.assert(
      fc.property(fc.uniqueArray(ADDRESS, { minLength: 1, maxLength: 12 }), (signers) => {
        const data = cliqueExtraData(signers);
        expect(data).to.have.length(2 + 2 * (32 + 20 * signers.length + 65));
        const middle = data.slice(2 + 64, -130);
        const listed = middle.match(/.{40}/gu)!.map((hex) => `0x${hex}`);
        expect(listed).to.deep.equal([...signers].sort());
        expect(`${data.slice(2, 66)}${data.slice(-130)}`).to.match(/^0*$/u);
        expect(cliqueExtraData([...signers].reverse().map((one) => getAddress(one)))).to.equal(data);
      }),
    );
  });
});

describe("extraData of a QBFT genesis block", () => {
  it("is what Besu's documentation publishes for these validators", () => {
    const validators = [
      "0x64a702e6263b7297a96638cac6ae65e6541f4169",
      "0x3923390ad55e90c237593b3b0e401f3b08a03185",
      "0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692",
      "0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78",
    ];
    expect(qbftExtraData(validators)).to.equal(
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0",
    );
  });

  it("holds any list, in its order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(ADDRESS, { minLength: 1, maxLength: 40 }), (validators) => {
        const [vanity, listed, votes, round, seals] = decodeRlp(
          qbftExtraData(validators),
        ) as readonly unknown[];
        expect(vanity).to.equal(`0x${"00".repeat(32)}`);
        expect({ listed, votes, round, seals }).to.deep.equal({
          listed: validators,
          votes: [],
          round: "0x",
          seals: [],
        });
      }),
    );
  });
});

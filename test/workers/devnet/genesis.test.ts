import { expect } from "chai";
import * as fc from "fast-check";
import { decodeRlp, getAddress } from "ethers";
import { describe, it } from "mocha";
import { cliqueExtraData } from "../../../workers/devnet/engines/cliqueGenesis.js";
import { qbftExtraData, qbftGenesis } from "../../../workers/devnet/engines/qbftGenesis.js";
import type { Network } from "../../../workers/devnet/types.js";

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
  // By Besu: the genesis file of its documentation, what its own tests expect of `rlp encode --type=QBFT_EXTRA_DATA`; by
  // GoQuorum, which has the same format: its tests, the example of its tool, the genesis file of its documentation.
  const published: readonly (readonly [string, readonly string[], string])[] = [
    [
      "Besu's documentation",
      [
        "0x64a702e6263b7297a96638cac6ae65e6541f4169",
        "0x3923390ad55e90c237593b3b0e401f3b08a03185",
        "0xaefdb9a738c9f433e5b6b212a6d62f6370c2f692",
        "0xc7eeb9a4e00ce683cf93039b212648e01c6c6b78",
      ],
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549464a702e6263b7297a96638cac6ae65e6541f4169943923390ad55e90c237593b3b0e401f3b08a0318594aefdb9a738c9f433e5b6b212a6d62f6370c2f69294c7eeb9a4e00ce683cf93039b212648e01c6c6b78c080c0",
    ],
    [
      "Besu's rlp encode",
      ["0xbe068f726a13c8d46c44be6ce9d275600e1735a4", "0x5ff6f4b66a46a2b2310a6f3a93aaddc0d9a1c193"],
      "0xf84fa00000000000000000000000000000000000000000000000000000000000000000ea94be068f726a13c8d46c44be6ce9d275600e1735a4945ff6f4b66a46a2b2310a6f3a93aaddc0d9a1c193c080c0",
    ],
    [
      "GoQuorum's tests",
      [
        "0x44add0ec310f115a0e603b2d7db9f067778eaf8a",
        "0x294fc7e8f22b3bcdcf955dd7ff3ba2ed833f8212",
        "0x6beaaed781d2d2ab6350f5c4566a2c6eaac407a6",
        "0x8be76812f765c24641ec63dc2852b378aba2b440",
      ],
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549444add0ec310f115a0e603b2d7db9f067778eaf8a94294fc7e8f22b3bcdcf955dd7ff3ba2ed833f8212946beaaed781d2d2ab6350f5c4566a2c6eaac407a6948be76812f765c24641ec63dc2852b378aba2b440c080c0",
    ],
    [
      "GoQuorum's tool",
      [
        "0x475cc98b5521ab2a1335683e7567c8048bfe79ed",
        "0x07d8299de61faed3686ba4c4e6c3b9083d7e2371",
        "0x4fe035ce99af680d89e2c4d73aca01dbfc1bd2fd",
        "0xdc421209441a754f79c4a4ecd2b49c935aad0312",
      ],
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f85494475cc98b5521ab2a1335683e7567c8048bfe79ed9407d8299de61faed3686ba4c4e6c3b9083d7e2371944fe035ce99af680d89e2c4d73aca01dbfc1bd2fd94dc421209441a754f79c4a4ecd2b49c935aad0312c080c0",
    ],
    [
      "GoQuorum's documentation",
      [
        "0x93917cadbace5dfce132b991732c6cda9bcc5b8a",
        "0x27a97c9aaf04f18f3014c32e036dd0ac76da5f18",
        "0xce412f988377e31f4d0ff12d74df73b51c42d0ca",
        "0x98c1334496614aed49d2e81526d089f7264fed9c",
      ],
      "0xf87aa00000000000000000000000000000000000000000000000000000000000000000f8549493917cadbace5dfce132b991732c6cda9bcc5b8a9427a97c9aaf04f18f3014c32e036dd0ac76da5f1894ce412f988377e31f4d0ff12d74df73b51c42d0ca9498c1334496614aed49d2e81526d089f7264fed9cc080c0",
    ],
  ];
  for (const [by, validators, expected] of published) {
    it(`is what ${by} publishes, in the order given there`, () => {
      expect(qbftExtraData(validators)).to.equal(expected);
    });
  }

  it("lists the validators of a network in ascending order, as Besu wants them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(ADDRESS, { minLength: 1, maxLength: 40 }), (addresses) => {
        const network = {
          chainId: 1,
          blockPeriodSeconds: 1,
          gasLimit: 1,
          validators: addresses.map((address) => ({ address: getAddress(address) })),
          operators: [],
        } as unknown as Network;
        const { extraData } = qbftGenesis(network) as { readonly extraData: string };
        expect((decodeRlp(extraData) as unknown[])[1]).to.deep.equal([...addresses].sort());
      }),
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

import { expect } from "chai";
import { describe, it } from "mocha";
import { blockSealer } from "../../../workers/chain/blockSealer.js";

/** Blocks of a geth 1.13 Clique network, and what `clique_getSigner` answered for each. */
const sealed = [
  {
    signer: "0x28fbab3f3f35df6c4bcc6f0a8380f20611e94646",
    header: {
      baseFeePerGas: "0x0",
      difficulty: "0x1",
      extraData:
        "0xd883010d0f846765746888676f312e32362e38856c696e75780000000000000076bc36779f2c1e7546b883b0895e4e17c859be4c45da4ec06d009bbf5dc798831c506c8559bdb591ab1e6cfac5209dd047b58041692a970d9daeb2c65722f70b01",
      gasLimit: "0x3938700",
      gasUsed: "0x0",
      hash: "0x1ccd758ba4d6d89434176bfe9662d8bbfe013e7dacd4f9e3bc713f1acf0cf3d1",
      logsBloom: `0x${"00".repeat(256)}`,
      miner: "0x0000000000000000000000000000000000000000",
      mixHash: "0x0000000000000000000000000000000000000000000000000000000000000000",
      nonce: "0x0000000000000000",
      number: "0x3",
      parentHash: "0xf13b9235a656b9b5e0f06c3b4ea904d98f4aa112c3acc56c441a4585917b5cc4",
      receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
      sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
      stateRoot: "0xf73fa758c3ec4b4ee7c44216811419b41cdd443f9d5ed074986f00c5a2316edd",
      timestamp: "0x6b016a8f",
      transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    },
  },
  {
    signer: "0x4e74c1f9ff18d0216063078c6fa7908680fe5029",
    header: {
      baseFeePerGas: "0x0",
      difficulty: "0x1",
      extraData:
        "0xd883010d0f846765746888676f312e32362e38856c696e757800000000000000188c9e026b676b6893a5b23d4f14cadbd6d2d3bd94b064809dbe85a45610eb4325600419a1dbe44b1555a77454c679adca1bde68955b70cc22c0dda51dacab6b01",
      gasLimit: "0x3938700",
      gasUsed: "0x0",
      hash: "0xf577e76821665582210aac79a0bd5051f54f8295b9494c7288fd0b76095ee8ff",
      logsBloom: `0x${"00".repeat(256)}`,
      miner: "0x0000000000000000000000000000000000000000",
      mixHash: "0x0000000000000000000000000000000000000000000000000000000000000000",
      nonce: "0x0000000000000000",
      number: "0x4",
      parentHash: "0x1ccd758ba4d6d89434176bfe9662d8bbfe013e7dacd4f9e3bc713f1acf0cf3d1",
      receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
      sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
      stateRoot: "0xf73fa758c3ec4b4ee7c44216811419b41cdd443f9d5ed074986f00c5a2316edd",
      timestamp: "0x6b016a90",
      transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    },
  },
];

describe("blockSealer", () => {
  for (const { signer, header } of sealed) {
    it(`names the account that sealed block ${Number(header.number)} of a Clique chain, as geth does`, () => {
      expect(blockSealer(header)).to.equal(signer);
    });
  }

  it("finds no sealer of block 0, which has room for a seal and none in it", () => {
    const { header } = sealed[0]!;
    const genesis = { ...header, number: "0x0", extraData: `0x${"00".repeat(32 + 4 * 20 + 65)}` };
    expect(blockSealer(genesis)).to.equal(header.miner);
  });

  it("names another where a bit of the header differs", () => {
    const { signer, header } = sealed[0]!;
    expect(
      blockSealer({ ...header, timestamp: `0x${(Number(header.timestamp) ^ 1).toString(16)}` }),
    ).not.to.equal(signer);
  });

  it("takes a proposer's word where the header has no seal of Clique's kind", () => {
    const { header } = sealed[0]!;
    const miner = `0x${"Ab".repeat(20)}`;
    expect(blockSealer({ ...header, miner, extraData: "0x" })).to.equal(miner.toLowerCase());
    const istanbul = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";
    expect(blockSealer({ ...header, miner, mixHash: istanbul })).to.equal(miner.toLowerCase());
  });
});

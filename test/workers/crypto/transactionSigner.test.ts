import { expect } from "chai";
import { toBeHex, Wallet } from "ethers";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { transactionSigner } from "../../../workers/crypto/transactionSigner.js";

const to = `0x${"22".repeat(20)}`;

describe("transactionSigner", () => {
  it("signs as ethers' wallet does, byte for byte", async () => {
    const wei = fc.bigInt({ min: 0n, max: 10n ** 18n });
    const transaction = fc.record({
      chainId: fc.bigInt({ min: 1n, max: 2n ** 32n }),
      nonce: fc.nat(),
      gasLimit: fc.bigInt({ min: 21_000n, max: 2n ** 24n }),
      data: fc.uint8Array({ maxLength: 200 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
      price: wei,
      legacy: fc.boolean(),
    });
    const key = fc.bigInt({ min: 1n, max: 2n ** 255n }).map((number) => toBeHex(number, 32));
    await fc.assert(
      fc.asyncProperty(key, transaction, async (privateKey, { price, legacy, ...rest }) => {
        const fees = legacy
          ? { type: 0, gasPrice: price }
          : { type: 2, maxFeePerGas: price, maxPriorityFeePerGas: price / 2n };
        const unsigned = { to, ...rest, ...fees };
        const wallet = new Wallet(privateKey);
        expect(await transactionSigner(privateKey)(unsigned)).to.equal(
          await wallet.signTransaction(unsigned),
        );
      }),
      { numRuns: 50 },
    );
  });
});

import { expect } from "chai";
import { hexlify, Wallet } from "ethers";
import { describe, it } from "mocha";
import { commitmentSalt } from "../../../workers/crypto/commitmentSalt.js";

describe("commitmentSalt", () => {
  const [first, second] = [1, 2].map((byte) => new Wallet(`0x${String(byte).repeat(64)}`));
  const ledger = `0x${"Ab".repeat(20)}`;

  it("is the same every time, however the address is written", async () => {
    const salt = await commitmentSalt(first!, 1n, ledger, 7);
    expect(salt).to.have.length(32);
    expect(await commitmentSalt(first!, 1n, ledger.toLowerCase(), 7)).to.deep.equal(salt);
  });

  it("is another for another key, chain, ledger and slot", async () => {
    const salts = await Promise.all([
      commitmentSalt(first!, 1n, ledger, 7),
      commitmentSalt(second!, 1n, ledger, 7),
      commitmentSalt(first!, 2n, ledger, 7),
      commitmentSalt(first!, 1n, `0x${"Ac".repeat(20)}`, 7),
      commitmentSalt(first!, 1n, ledger, 8),
    ]);
    expect(new Set(salts.map((salt) => hexlify(salt))).size).to.equal(5);
  });
});

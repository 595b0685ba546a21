import { readFileSync } from "node:fs";
import { AbiCoder, concat } from "ethers";
import { expect } from "chai";
import { describe, it } from "mocha";
import { SlotLedger__factory, VersionProof__factory } from "../../../typechain-types/index.js";
import { revertReason } from "../../../workers/chain/revertReason.js";

const ledger = SlotLedger__factory.createInterface();
const proof = VersionProof__factory.createInterface();
const data = ledger.encodeErrorResult("SlotLedgerOutOfOrder", [7, 5]);

describe("revertReason", () => {
  it("names the error and its arguments", () => {
    expect(revertReason({ data })).to.deep.equal({
      name: "SlotLedgerOutOfOrder",
      arguments: { slot: "7", nextSlot: "5" },
      message: "SlotLedgerOutOfOrder(slot = 7, nextSlot = 5)",
    });
  });

  it("has times in UTC beside the number, which stays what it is", () => {
    const refused = ledger.encodeErrorResult("SlotLedgerNotOpen", [1, 1_795_268_194, 1_795_268_167]);
    const reason = revertReason({ data: refused });
    expect(reason?.arguments).to.deep.equal({ slot: "1", opensAt: "1795268194", time: "1795268167" });
    expect(reason?.message).to.equal(
      "SlotLedgerNotOpen(slot = 1, opensAt = 1795268194 (2026-11-21T13:36:34Z), time = 1795268167 (2026-11-21T13:36:07Z))",
    );
  });

  it("finds the data wherever a client put it", () => {
    for (const error of [
      { data: { data } },
      { cause: { data } },
      { error: { data: { data } } },
      { info: { error: { data } } },
      Object.assign(new Error("refused"), { cause: { error: { data } } }),
    ]) {
      expect(revertReason(error)?.name).to.equal("SlotLedgerOutOfOrder");
    }
  });

  it("calls the flaws of a record as the contract does, all of them", () => {
    const source = readFileSync(
      new URL("../../../contracts/grid/libraries/VersionProof.sol", import.meta.url),
      "utf8",
    );
    const flaws = /enum Flaw \{([^}]*)\}/
      .exec(source)![1]!
      .split(",")
      .map((flaw) => flaw.trim());
    expect(flaws).to.have.length.above(10);
    flaws.forEach((flaw, number) => {
      const reason = revertReason({ data: proof.encodeErrorResult("VersionProofUnsound", [3, number]) });
      expect(reason?.arguments).to.deep.equal({ record: "3", flaw });
    });
  });

  it("is unknown for an error of somebody else, and undefined for what is no refusal", () => {
    const foreign = concat(["0x12345678", AbiCoder.defaultAbiCoder().encode(["uint256"], [1])]);
    expect(revertReason({ data: foreign })?.name).to.equal("Unknown");
    for (const error of [new Error("ECONNREFUSED"), undefined, null, "0x", { data: "0x" }, {}]) {
      expect(revertReason(error)).to.equal(undefined);
    }
  });
});

import { expect } from "chai";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { deploySharing } from "../../support/sharedGrid.js";

describe("calls whose calldata is read back later", () => {
  it("are refused through a contract, where the transaction would hold other calldata", async () => {
    const { ethers, contracts, members } = await deploySharing(1);
    const { ledger, registry } = contracts;
    const forwarder = await ethers.deployContract("Forwarder", members[0]);
    const calls = [
      [ledger, ledger.interface.encodeFunctionData("upload", [0, "0x000001"]), "SlotLedgerIndirect"],
      [ledger, ledger.interface.encodeFunctionData("supplement", [0, "0x0000000001"]), "SlotLedgerIndirect"],
      [
        registry,
        registry.interface.encodeFunctionData("publishLabels", [1, 0, [], "0x"]),
        "GridRegistryIndirect",
      ],
    ] as const;
    for (const [target, data, name] of calls) {
      const refused = await forwarder
        .getFunction("forward")
        .send(await target.getAddress(), data)
        .catch((error: unknown) => error);
      expect(revertReason(refused)).to.deep.include({
        name,
        arguments: { caller: await forwarder.getAddress() },
      });
    }
  });
});

import { network } from "hardhat";
import { Consortium__factory, Governance__factory } from "../../../typechain-types/index.js";
import { testVoting } from "../../support/testVoting.js";

/** What each founder of `foundConsortium` starts with. */
export const deposit = 1_000n;

/**
 * A consortium on a network of its own, deployed by the first account; the next ones are its founders, in the
 * order of their seats. `ledger` calls `redistribute` and is named as slot ledger unless `setup` is "open".
 */
export async function foundConsortium(founders = 4, setup: "concluded" | "open" = "concluded") {
  const { ethers, networkHelpers } = await network.create({
    network: "default",
    override: { accounts: { count: Math.max(20, founders + 2) } },
  });
  const [deployer, ...others] = await ethers.getSigners();
  const stranger = others[founders];
  if (deployer === undefined || stranger === undefined) throw new Error("more accounts are needed");
  const members = others.slice(0, founders);
  const consortium = await new Consortium__factory(deployer).deploy(
    members.map((member, seat) => ({ account: member.address, name: `TSO ${seat + 1}` })),
    deposit,
  );
  const ledger = await ethers.deployContract("LedgerStub");
  const governance = await new Governance__factory(deployer).deploy(consortium, testVoting);
  if (setup === "concluded") await consortium.concludeSetup(ledger, governance);

  const redistribute = async (
    change: readonly bigint[],
    ownReward: readonly bigint[],
    remainderSeat: bigint | number,
  ) => await ledger.getFunction("redistribute").send(consortium, change, ownReward, remainderSeat);
  const credits = async () => (await consortium.members()).map((member) => member.credits);
  return {
    ethers,
    networkHelpers,
    consortium,
    deployer,
    /** Signers of the founders, by seat. */
    members,
    /** The signer of the founder on a seat. */
    member: (seat: number) => {
      const signer = members[seat];
      if (signer === undefined) throw new Error(`nobody has seat ${seat}`);
      return signer;
    },
    /** A signer that is no member. */
    stranger,
    ledger,
    governance,
    /** Settles through `ledger`. */
    redistribute,
    /** Everyone's credits, by seat. */
    credits,
  };
}

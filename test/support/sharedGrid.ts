import { network } from "hardhat";
import GridProof from "../../ignition/modules/GridProof.js";
import { Governance__factory } from "../../typechain-types/index.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { testVoting } from "./testVoting.js";

/** Terms of the tests: round numbers, 99 % quantile. */
export const testTerms = {
  reward: 10_000n,
  missingPenalty: 90_000n,
  anomalyPenalty: 20_000n,
  normalQuantileQ32: BigInt(Math.round(2.326347874 * 2 ** 32)),
  penaliseIncomplete: false,
};

export const testClock = { slotSeconds: 60, cutOffSlots: 2, expirySlots: 10, commitSlots: 0 };

export const testDeposit = 10n ** 12n;

/** The contracts of data sharing on a network of their own; accounts 1.. are the founders, by seat. */
export async function deploySharing(founders = 4, vetoSeconds = 60) {
  const connection = await network.create();
  const { ethers, ignition, networkHelpers } = connection;
  const signers = await ethers.getSigners();
  const members = signers.slice(1, founders + 1);
  const genesis = await networkHelpers.time.latest();
  const deployed = await ignition.deploy(GridProof, {
    parameters: {
      GridProof: {
        founders: members.map((member, seat) => ({ account: member.address, name: `Operator ${seat + 1}` })),
        deposit: testDeposit,
        vetoSeconds,
        clock: { genesis, ...testClock },
        terms: testTerms,
        voting: testVoting,
      },
    },
  });
  const addresses = {
    consortium: await deployed.consortium.getAddress(),
    registry: await deployed.registry.getAddress(),
    ledger: await deployed.ledger.getAddress(),
  };
  const stranger = signers[founders + 1]!;
  const governance = Governance__factory.connect(await deployed.governance.getAddress(), stranger);
  return {
    connection,
    ethers,
    time: networkHelpers.time,
    provider: ethers.provider,
    genesis,
    addresses,
    members,
    stranger,
    governance,
    deployer: signers[0]!,
    /** The contracts as the member on a seat uses them. */
    as: (seat: number) => connectContracts(addresses, members[seat]!),
    contracts: connectContracts(addresses, stranger),
  };
}

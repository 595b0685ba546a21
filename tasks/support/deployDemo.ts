import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import GridProof from "../../ignition/modules/GridProof.js";
import { connectContracts } from "../../workers/chain/connectContracts.js";
import { demoTerms } from "../../workers/demo/demoTerms.js";
import type { DemoChain } from "../../workers/demo/types.js";

/** The contracts on an embedded network of their own, under the terms of the demo, with the operators as founders. */
export async function deployDemo(
  names: readonly string[],
  hre: HardhatRuntimeEnvironment,
): Promise<DemoChain> {
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  const { ethers, ignition, networkHelpers } = await hre.network.create({
    network: "default",
    override: { accounts: { count: names.length + 1 } },
  });
  const { time } = networkHelpers;
  const members = (await ethers.getSigners()).slice(1);
  const { clock, ...agreed } = demoTerms(names.length);
  const genesis = await time.latest();
  const parameters = {
    ...agreed,
    voting: { ...agreed.voting },
    founders: members.map((member, seat) => ({ account: member.address, name: names[seat]! })),
    clock: { genesis, ...clock },
  };
  const deployed = await ignition.deploy(GridProof, { parameters: { GridProof: parameters } });
  const addresses = {
    consortium: await deployed.consortium.getAddress(),
    registry: await deployed.registry.getAddress(),
    ledger: await deployed.ledger.getAddress(),
  };
  return {
    provider: ethers.provider,
    clock: {
      now: () => time.latest(),
      advanceTo: async (seconds) => {
        if ((await time.latest()) < seconds) await time.increaseTo(seconds);
      },
    },
    operators: members.map((member, seat) => ({
      name: names[seat]!,
      address: member.address,
      contracts: connectContracts(addresses, member),
    })),
  };
}

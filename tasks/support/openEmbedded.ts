import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { BenchChain } from "../../bench/projectionCosts.js";
import { compileContracts } from "./compileContracts.js";

/** An embedded network of its own, with an account for each operator. */
export async function openEmbedded(
  names: readonly string[],
  hre: HardhatRuntimeEnvironment,
): Promise<BenchChain> {
  await compileContracts(hre);
  const { ethers, networkHelpers } = await hre.network.create({
    network: "default",
    override: { accounts: { count: names.length + 1 } },
  });
  const { time } = networkHelpers;
  return {
    provider: ethers.provider,
    clock: {
      now: () => time.latest(),
      advanceTo: async (seconds) => {
        if ((await time.latest()) < seconds) await time.increaseTo(seconds);
      },
    },
    operators: (await ethers.getSigners()).slice(1),
    names,
  };
}

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Deploy } from "../../bench/devnet/devnetBench.js";
import { deployWaited } from "./deployDemo.js";

/** Deploys on a network that was started for a measurement, through its first validator. */
export function deployOwn(hre: HardhatRuntimeEnvironment): Deploy {
  return async (own, names, terms) => {
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
    const connection = await hre.network.create({
      network: "devnet",
      override: { url: own.gates[0]!, accounts: own.wallets.map(({ privateKey }) => privateKey) },
    });
    return await deployWaited(connection, names, terms, hre);
  };
}

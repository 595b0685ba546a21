import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Deploy } from "../../bench/devnet/devnetBench.js";
import { compileContracts } from "./compileContracts.js";
import { deployWaited } from "./deployDemo.js";

/** Deploys on a network that was started for a measurement, through its first validator. */
export function deployOwn(hre: HardhatRuntimeEnvironment): Deploy {
  return async (own, names, terms) => {
    await compileContracts(hre);
    const connection = await hre.network.create({
      network: "devnet",
      override: { url: own.gates[0]!, accounts: own.wallets.map(({ privateKey }) => privateKey) },
    });
    return await deployWaited(connection, names, terms, hre);
  };
}

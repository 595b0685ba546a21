import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

/** The tier that needs no naming. */
export const USUAL_TIER = "wan";

/** The folder of the network that `--network devnet` means: `GRIDPROOF_DEVNET`, or `.devnet/wan`. */
export function devnetFolder(hre: HardhatRuntimeEnvironment): string {
  const named = process.env.GRIDPROOF_DEVNET ?? "";
  return named === "" ? join(hre.config.paths.root, ".devnet", USUAL_TIER) : named;
}

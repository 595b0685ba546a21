import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { namedDevnet } from "./namedDevnet.js";

/** The tier that needs no naming. */
export const USUAL_TIER = "wan";

/** The folder of the network that `--network devnet` means: `GRIDPROOF_DEVNET`, or `.devnet/wan`. */
export function devnetFolder(hre: HardhatRuntimeEnvironment): string {
  return namedDevnet() ?? join(hre.config.paths.root, ".devnet", USUAL_TIER);
}

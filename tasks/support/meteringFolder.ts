import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { userPath } from "./userPath.js";

/** The folder with what household metering's programs need: the one named, else `.metering` of the project. */
export function meteringFolder(hre: HardhatRuntimeEnvironment, named?: string): string {
  return named === undefined ? join(hre.config.paths.root, ".metering") : userPath(named);
}

import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { networkName } from "./openNetwork.js";
import { userPath } from "./userPath.js";

/** The file that says where household metering is: the one named, else `deployments/<network>.metering.json`. */
export function meteringPath(hre: HardhatRuntimeEnvironment, named: string | undefined): string {
  return named === undefined
    ? join(hre.config.paths.root, "deployments", `${networkName(hre)}.metering.json`)
    : userPath(named);
}

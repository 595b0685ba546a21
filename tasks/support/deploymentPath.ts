import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { networkName } from "./openNetwork.js";
import { userPath } from "./userPath.js";

/** The file with the addresses on the chosen network: the one named, else `deployments/<network>.json` of the project. */
export function deploymentPath(hre: HardhatRuntimeEnvironment, named: string | undefined): string {
  return named === undefined
    ? join(hre.config.paths.root, "deployments", `${networkName(hre)}.json`)
    : userPath(named);
}

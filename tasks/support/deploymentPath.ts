import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { networkName } from "./openNetwork.js";
import { userPath } from "./userPath.js";

/** Names the file with the addresses, for who works on one deployment. */
const DEPLOYMENT_VARIABLE = "GRIDPROOF_DEPLOYMENT";

/**
 * The file with the addresses on the chosen network: the one named, else that of `GRIDPROOF_DEPLOYMENT`, else
 * `deployments/<network>.json` of the project.
 */
export function deploymentPath(hre: HardhatRuntimeEnvironment, named: string | undefined): string {
  const path = named ?? process.env[DEPLOYMENT_VARIABLE] ?? "";
  return path === ""
    ? join(hre.config.paths.root, "deployments", `${networkName(hre)}.json`)
    : userPath(path);
}

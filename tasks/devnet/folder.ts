import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { devnetFolder, USUAL_TIER } from "../support/devnetFolder.js";
import { UserError } from "../support/userError.js";
import { userPath } from "../support/userPath.js";

/** The options by which a network is found. */
export interface NetworkArguments {
  readonly tier: string;
  readonly dir: string | undefined;
}

/** The folder of a network: the one named, else that of `--network devnet`, for another tier `.devnet/<tier>` of the project. */
export function networkFolder(hre: HardhatRuntimeEnvironment, { tier, dir }: NetworkArguments): string {
  if (!/^[a-z][a-z0-9-]{0,19}$/u.test(tier))
    throw new UserError(`--tier ${tier}: expected up to 20 small letters, digits and dashes`);
  if (dir !== undefined) return userPath(dir);
  return tier === USUAL_TIER ? devnetFolder(hre) : join(hre.config.paths.root, ".devnet", tier);
}

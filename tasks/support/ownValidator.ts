import { existsSync } from "node:fs";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { layout } from "../../workers/devnet/layout.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { newestSealer } from "../../workers/devnet/sealerFor.js";
import { nearestValidator, validatorUrl } from "../../workers/devnet/validatorUrl.js";
import { devnetFolder } from "./devnetFolder.js";
import { UserError } from "./userError.js";

/** Names the node that `--network devnet` is to use, whoever signs. */
const URL_VARIABLE = "GRIDPROOF_DEVNET_URL";

/**
 * Where the validator of an operator of the devnet serves JSON-RPC: what an operator sends goes to its own, its newest if it
 * has several.
 *
 * @param operator Account or name; the first validator on this machine is meant if it is left out, or is no operator's.
 * @returns undefined where a node was named, or there is no network: the configuration counts then.
 * @throws UserError if no validator seals for the operator: another's is never taken instead.
 */
export function ownValidatorUrl(hre: HardhatRuntimeEnvironment, operator?: string): string | undefined {
  const folder = devnetFolder(hre);
  if ((process.env[URL_VARIABLE] ?? "") !== "" || !existsSync(layout(folder).network)) return undefined;
  const network = readNetwork(folder);
  const wanted = operator?.toLowerCase();
  const index = network.operators.findIndex(
    (one) => wanted === one.address.toLowerCase() || operator === one.name,
  );
  const at = layout(folder);
  const own = index < 0 ? nearestValidator(at, network.validators) : newestSealer(network, index + 1);
  if (own !== undefined) return validatorUrl(at, own);
  throw new UserError(
    `no validator of this network seals for ${operator}, and what it sends goes through no other operator's; name a node with ${URL_VARIABLE}`,
  );
}

import { existsSync } from "node:fs";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { layout } from "../../workers/devnet/layout.js";
import { nearestValidator, validatorUrl } from "../../workers/devnet/validatorUrl.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { devnetFolder } from "./devnetFolder.js";

/** Names the node that `--network devnet` is to use, whoever signs. */
const URL_VARIABLE = "GRIDPROOF_DEVNET_URL";

/**
 * Where the validator of an operator of the devnet serves JSON-RPC: what an operator sends goes to its own,
 * or, where that is not on this machine, to one that is.
 *
 * @param operator Account or name; the first validator is meant if it is left out, or is no operator's.
 * @returns undefined where a node was named, or there is no network: the configuration counts then.
 */
export function ownValidatorUrl(hre: HardhatRuntimeEnvironment, operator?: string): string | undefined {
  const folder = devnetFolder(hre);
  if ((process.env[URL_VARIABLE] ?? "") !== "" || !existsSync(layout(folder).network)) return undefined;
  const { operators, validators } = readNetwork(folder);
  const wanted = operator?.toLowerCase();
  const number =
    1 + operators.findIndex((one) => wanted === one.address.toLowerCase() || operator === one.name);
  const at = layout(folder);
  const own = nearestValidator(at, validators, number);
  return own === undefined ? undefined : validatorUrl(at, own);
}

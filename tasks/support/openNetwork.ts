import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import { KEY_VARIABLE, loadOperatorWallet } from "../../workers/crypto/keystore.js";
import { operatorWallets } from "../../workers/devnet/operatorWallets.js";
import { readNetwork } from "../../workers/devnet/readNetwork.js";
import { devnetFolder } from "./devnetFolder.js";
import { ownValidatorUrl } from "./ownValidator.js";
import { userPath } from "./userPath.js";

/** Where a signer's key comes from; without any, the network's own accounts sign. */
export interface KeyArguments {
  readonly keystore: string | undefined;
  readonly passwordFile: string | undefined;
}

/** The network of validators on this machine, whose operators' keys lie in its folder. */
const DEVNET = "devnet";

/** The name of the network that was chosen with `--network`. */
export function networkName(hre: HardhatRuntimeEnvironment): string {
  return hre.globalOptions.network ?? "default";
}

/** Whether a network lives only as long as the process: what one task does there, the next does not see. */
export function isEmbedded(hre: HardhatRuntimeEnvironment): boolean {
  return hre.config.networks[networkName(hre)]?.type === "edr-simulated";
}

/**
 * The connection to the network chosen with `--network`. On an http network the accounts are the key of the keystore,
 * else that of GRIDPROOF_OPERATOR_KEY, else on the devnet those of its operators, else those that the node holds.
 *
 * @param keys Left out by tasks that only read: nobody is asked for a password.
 * @param operator Who sends, if that is known, by account or name: on the devnet the connection is to its own validator.
 * @throws what `loadOperatorWallet` throws.
 */
export async function openNetwork(
  hre: HardhatRuntimeEnvironment,
  keys?: KeyArguments,
  operator?: string,
): Promise<NetworkConnection> {
  const network = networkName(hre);
  const placeOf = (who: string | undefined): { readonly url?: string } => {
    const url = network === DEVNET ? ownValidatorUrl(hre, who) : undefined;
    return url === undefined ? {} : { url };
  };
  const at = placeOf(operator);
  const asConfigured = async (): Promise<NetworkConnection> =>
    at.url === undefined ? hre.network.getOrCreate() : hre.network.create({ network, override: at });
  if (keys === undefined || isEmbedded(hre)) return await asConfigured();
  const fromEnvironment = process.env[KEY_VARIABLE];
  if (keys.keystore === undefined && (fromEnvironment ?? "") === "") {
    if (network !== DEVNET) return await asConfigured();
    return await hre.network.create({ network, override: { ...at, accounts: await devnetKeys(hre) } });
  }
  const wallet = await loadOperatorWallet({
    keystore: keys.keystore === undefined ? undefined : userPath(keys.keystore),
    passwordFile: keys.passwordFile === undefined ? undefined : userPath(keys.passwordFile),
    environment: process.env,
  });
  return await hre.network.create({
    network,
    override: { ...placeOf(wallet.address), accounts: [wallet.privateKey] },
  });
}

/** The keys of the network's operators. */
async function devnetKeys(hre: HardhatRuntimeEnvironment): Promise<string[]> {
  const folder = devnetFolder(hre);
  const wallets = await operatorWallets(folder, readNetwork(folder));
  return wallets.map(({ privateKey }) => privateKey);
}

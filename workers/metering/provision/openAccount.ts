import { existsSync } from "node:fs";
import { parseEther, type Signer, Wallet } from "ethers";
import { createKeystore, type KeystoreCost } from "../../crypto/keystore.js";
import { keystoreAddress } from "../../crypto/keystoreAddress.js";
import { ProvisionError } from "./errors.js";
import { secretIn } from "./secretFiles.js";

/**
 * The account of a keystore, which is made, with a password of its own, if it is not there; one that has nothing gets
 * something to pay gas with.
 *
 * @param funder pays. @param ether how much, in ether; "0" where gas is free.
 * @returns its address.
 */
export async function openAccount(
  keystore: string,
  passwordFile: string,
  funder: Signer,
  ether: string,
  cost?: KeystoreCost,
): Promise<string> {
  const password = secretIn(passwordFile);
  if (!existsSync(keystore)) await createKeystore(keystore, Wallet.createRandom(), password, cost);
  const address = keystoreAddress(keystore);
  if (address === undefined) throw new ProvisionError(`${keystore}: names no account`);
  const value = parseEther(ether);
  if (value > 0n && (await funder.provider!.getBalance(address)) === 0n) {
    await (await funder.sendTransaction({ to: address, value })).wait();
  }
  return address;
}

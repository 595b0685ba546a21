import { existsSync, renameSync } from "node:fs";
import type { Signer } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { CONCENTRATOR } from "../../bus/topics.js";
import type { KeystoreCost } from "../../crypto/keystore.js";
import { keystoreAddress } from "../../crypto/keystoreAddress.js";
import { ProvisionError } from "./errors.js";
import type { MeteringFiles } from "./layout.js";
import { openAccount } from "./openAccount.js";
import { writePrivate } from "./secretFiles.js";

/** What took the place of a concentrator. */
export interface ReplacedConcentrator {
  readonly lost: string;
  readonly account: string;
}

/**
 * Puts a concentrator with a new account and a new broker password in the place of the folder's, which is lost or stolen: from
 * then on the contract takes nothing from the old one, and the broker lets it in no more. Its files stay, under names that end
 * in its address. The new one begins with an empty queue: what the old one had not brought, the meters send again.
 *
 * @param metering connected to the utility's account.
 * @throws ProvisionError
 */
export async function replaceConcentrator(
  metering: Metering,
  utility: Signer,
  files: MeteringFiles,
  fund: string,
  cost?: KeystoreCost,
): Promise<ReplacedConcentrator> {
  if (!existsSync(files.concentratorAccount) || !existsSync(files.config.concentrator)) {
    throw new ProvisionError(`${files.concentratorAccount}: there is no concentrator to replace`);
  }
  const lost = keystoreAddress(files.concentratorAccount);
  if (lost === undefined) throw new ProvisionError(`${files.concentratorAccount}: names no account`);
  // The new one is made beside the old one, so that a kill leaves one of them in place.
  const next = {
    account: `${files.concentratorAccount}.new`,
    password: `${files.concentratorAccountPassword}.new`,
  };
  const account = await openAccount(next.account, next.password, utility, fund, cost);
  if (await metering.isConcentrator(lost)) await (await metering.replaceConcentrator(lost, account)).wait();
  else if (!(await metering.isConcentrator(account))) {
    await (await metering.appointConcentrator(account)).wait();
  }
  const password = new Credentials(files.credentials).issue([CONCENTRATOR]).get(CONCENTRATOR)!;
  writePrivate(files.concentratorBrokerPassword, `${password}\n`);
  for (const file of [
    files.concentratorDatabase,
    `${files.concentratorDatabase}-wal`,
    `${files.concentratorDatabase}-shm`,
  ]) {
    if (existsSync(file)) renameSync(file, `${file}.${lost}`);
  }
  renameSync(files.concentratorAccountPassword, `${files.concentratorAccountPassword}.${lost}`);
  renameSync(files.concentratorAccount, `${files.concentratorAccount}.${lost}`);
  renameSync(next.password, files.concentratorAccountPassword);
  renameSync(next.account, files.concentratorAccount);
  return { lost, account };
}

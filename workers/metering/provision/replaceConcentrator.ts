import { existsSync, rmSync } from "node:fs";
import type { Signer } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { CONCENTRATOR } from "../../bus/topics.js";
import type { KeystoreCost } from "../../crypto/keystore.js";
import { keystoreAddress } from "../../crypto/keystoreAddress.js";
import { ProvisionError } from "./errors.js";
import type { MeteringFiles } from "./layout.js";
import { openAccount } from "./openAccount.js";
import { beginReplacement } from "./replacement.js";
import { writePrivate } from "./secretFiles.js";

/** What took the place of a concentrator. */
export interface ReplacedConcentrator {
  readonly lost: string;
  readonly account: string;
}

/**
 * Puts a concentrator with a new account and a new broker password in the place of the folder's, which is lost or stolen: from
 * then on the contract takes nothing from the old one, and the broker lets it in no more. Its files stay, under names that end
 * in its address. The new one begins with an empty queue: what the old one had not brought, the meters send again. Killed
 * anywhere, it goes on when it is called again.
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
  const { concentratorAccount: keystore, concentratorAccountPassword: password } = files;
  const queue = files.concentratorDatabase;
  const { lost } = await beginReplacement(
    files.concentratorReplacement,
    [keystore, password, queue, `${queue}-wal`, `${queue}-shm`],
    () => {
      if (!existsSync(keystore)) throw new ProvisionError(`${keystore}: there is no concentrator to replace`);
      const account = keystoreAddress(keystore);
      if (account === undefined) throw new ProvisionError(`${keystore}: names no account`);
      return account;
    },
  );
  const account = await openAccount(keystore, password, utility, fund, cost);
  if (await metering.isConcentrator(lost)) await (await metering.replaceConcentrator(lost, account)).wait();
  else if (!(await metering.isConcentrator(account))) {
    await (await metering.appointConcentrator(account)).wait();
  }
  const brokerPassword = new Credentials(files.credentials).issue([CONCENTRATOR]).get(CONCENTRATOR)!;
  writePrivate(files.concentratorBrokerPassword, `${brokerPassword}\n`);
  rmSync(files.concentratorReplacement);
  return { lost, account };
}

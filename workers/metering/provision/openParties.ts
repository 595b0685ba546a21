import { existsSync } from "node:fs";
import type { Signer } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { CONCENTRATOR, MDMS } from "../../bus/topics.js";
import type { KeystoreCost } from "../../crypto/keystore.js";
import type { MeteringFiles } from "./layout.js";
import { openAccount } from "./openAccount.js";
import { openMdms } from "./openMdms.js";
import { writePrivate } from "./secretFiles.js";
import type { UtilityRecord } from "./utilityRecord.js";

/** Who is between meters and utility. */
export interface Parties {
  /** Address of the MDMS's identity key. */
  readonly mdms: string;
  /** Account of the concentrator. */
  readonly concentrator: string;
}

/**
 * MDMS and concentrator of a folder, with keys, accounts and broker passwords, known to the chain; what is not there is made.
 *
 * @param metering connected to the utility's account.
 * @param fund what a new account gets, in ether.
 * @throws ProvisionError
 */
export async function openParties(
  metering: Metering,
  utility: Signer,
  files: MeteringFiles,
  record: UtilityRecord,
  fund: string,
  cost?: KeystoreCost,
): Promise<Parties> {
  const domain = { chainId: BigInt(record.chainId), metering: record.metering };
  const mdms = await openMdms(metering, domain, files.mdmsKeys, files.mdmsKeysPassword, record.mdms);
  await openAccount(files.mdmsAccount, files.mdmsAccountPassword, utility, fund, cost);
  const concentrator = await openAccount(
    files.concentratorAccount,
    files.concentratorAccountPassword,
    utility,
    fund,
    cost,
  );
  if (!(await metering.isConcentrator(concentrator))) {
    await (await metering.appointConcentrator(concentrator)).wait();
  }
  const credentials = new Credentials(files.credentials);
  for (const [name, path] of [
    [CONCENTRATOR, files.concentratorBrokerPassword],
    [MDMS, files.mdmsBrokerPassword],
  ] as const) {
    if (!existsSync(path)) writePrivate(path, `${credentials.issue([name]).get(name)!}\n`);
  }
  return { mdms, concentrator };
}

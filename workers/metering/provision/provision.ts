import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { hexlify, type Signer } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { CONCENTRATOR, MDMS } from "../../bus/topics.js";
import type { KeystoreCost } from "../../crypto/keystore.js";
import type { MeteringDeployment } from "../chain/meteringDeployment.js";
import { openDatabase } from "../mdms/database/openDatabase.js";
import { addMeters } from "./addMeters.js";
import { ProvisionError } from "./errors.js";
import { type MeteringFiles, meteringFiles } from "./layout.js";
import { openAccount } from "./openAccount.js";
import { openMdms } from "./openMdms.js";
import type { ListedMeter } from "./readMeterList.js";
import { writePrivate } from "./secretFiles.js";
import { readRecord, type UtilityRecord, writeRecord } from "./utilityRecord.js";
import { type ConfigChoices, writeConfigs } from "./writeConfigs.js";

/** What is to be provisioned. */
export interface Provisioning extends ConfigChoices {
  readonly folder: string;
  readonly deployment: MeteringDeployment;
  readonly meters: readonly ListedMeter[];
  /** When they were installed, unix seconds. */
  readonly since: number;
  /** What a new account gets, in ether. */
  readonly fund: string;
  readonly keystoreCost?: KeystoreCost;
}

/** What was done. */
export interface Provisioned {
  readonly added: number;
  readonly meters: number;
  readonly mdms: string;
  readonly concentrator: string;
  readonly files: MeteringFiles;
  /** Configurations that were written now. */
  readonly written: readonly string[];
}

/**
 * Provisions household metering into a folder: MDMS and concentrator with keys, accounts and credentials, meters, and a
 * configuration for each program. Called again, it adds what is missing and overwrites nothing.
 *
 * @param metering connected to the utility's account, which also pays.
 * @throws ProvisionError
 */
export async function provision(
  metering: Metering,
  utility: Signer,
  { folder, deployment, meters, since, fund, keystoreCost, ...choices }: Provisioning,
  progress?: (done: number, of: number) => void,
): Promise<Provisioned> {
  if (existsSync(join(folder, "demo.json"))) {
    throw new ProvisionError(`${folder}: holds what a demo left; name another folder, or delete it`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = meteringFiles(folder);
  const record = recordOf(files, deployment);
  const domain = { chainId: BigInt(deployment.chainId), metering: deployment.contracts.metering };
  const mdms = await openMdms(metering, domain, files.mdmsKeys, files.mdmsKeysPassword, record.mdms);
  await openAccount(files.mdmsAccount, files.mdmsAccountPassword, utility, fund, keystoreCost);
  const concentrator = await openAccount(
    files.concentratorAccount,
    files.concentratorAccountPassword,
    utility,
    fund,
    keystoreCost,
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
  const database = await openDatabase(files.mdmsDatabase);
  try {
    const added = await addMeters(metering, files, record, database, meters, mdms, since, progress);
    const written = writeConfigs(files, deployment, choices);
    return { added, meters: record.meters.length, mdms, concentrator, files, written };
  } finally {
    await database.close();
  }
}

/** The folder's record, or a new one. @throws ProvisionError if it is of another deployment. */
function recordOf(files: MeteringFiles, { chainId, contracts }: MeteringDeployment): UtilityRecord {
  const known = readRecord(files.record);
  if (known === undefined) {
    const record: UtilityRecord = {
      format: "gridproof-metering/1",
      chainId: String(chainId),
      metering: contracts.metering,
      mdms: { id: "MDMS", salt: hexlify(randomBytes(32)) },
      meters: [],
    };
    writeRecord(files.record, record);
    return record;
  }
  if (
    known.chainId !== String(chainId) ||
    known.metering.toLowerCase() !== contracts.metering.toLowerCase()
  ) {
    throw new ProvisionError(
      `${files.record}: is of metering ${known.metering} on chain ${known.chainId}; name another folder`,
    );
  }
  return known;
}

import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { hexlify, type Signer } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import type { KeystoreCost } from "../../crypto/keystore.js";
import type { MeteringDeployment } from "../chain/meteringDeployment.js";
import { makeFolder } from "../../store/makeFolder.js";
import { openDatabase } from "../mdms/database/openDatabase.js";
import { addMeters } from "./addMeters.js";
import { checkBroker } from "./checkBroker.js";
import { checkConfigs } from "./checkConfigs.js";
import { type ConfigChoices, configsOf } from "./configsOf.js";
import { ProvisionError } from "./errors.js";
import { folderDatabase } from "./folderDatabase.js";
import { type MeteringFiles, meteringFiles } from "./layout.js";
import { openParties, type Parties } from "./openParties.js";
import type { ListedMeter } from "./readMeterList.js";
import { readRecord, type UtilityRecord, writeRecord } from "./utilityRecord.js";
import { writeConfigs } from "./writeConfigs.js";

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
export interface Provisioned extends Parties {
  readonly added: number;
  readonly meters: number;
  readonly files: MeteringFiles;
  /** Configurations that were written now. */
  readonly written: readonly string[];
}

/**
 * Provisions household metering into a folder: MDMS and concentrator with keys, accounts and credentials, meters, and a
 * configuration for each program. Called again, it adds what is missing and overwrites nothing. The configurations come first:
 * a call that goes on after a kill finds the database that the one before it began with.
 *
 * @param metering connected to the utility's account, which also pays.
 * @throws ProvisionError, KeyFileExposedError, DatabaseUnavailableError
 */
export async function provision(
  metering: Metering,
  utility: Signer,
  { folder, deployment, meters, since, fund, keystoreCost, ...choices }: Provisioning,
  progress?: (done: number, of: number) => void,
): Promise<Provisioned> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new ProvisionError(`${folder}: is a file; name a folder`);
  }
  if (existsSync(join(folder, "demo.json"))) {
    throw new ProvisionError(`${folder}: holds what a demo left; name another folder, or delete it`);
  }
  const files = meteringFiles(folder);
  for (const [what, journal] of [
    ["mdms", files.mdmsReplacement],
    ["concentrator", files.concentratorReplacement],
  ] as const) {
    if (existsSync(journal)) {
      throw new ProvisionError(`${journal}: finish \`metering replace-${what}\` first: call it again`);
    }
  }
  const configs = configsOf(files, deployment, choices);
  checkConfigs(files, configs, choices);
  await checkBroker(choices);
  makeFolder(folder);
  const record = recordOf(files, deployment);
  const database = await openDatabase(choices.database ?? folderDatabase(files));
  try {
    const written = writeConfigs(files, configs);
    const parties = await openParties(metering, utility, files, record, fund, keystoreCost);
    const added = await addMeters(metering, files, record, database, meters, parties.mdms, since, progress);
    return { added, meters: record.meters.length, ...parties, files, written };
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

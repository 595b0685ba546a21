import { randomBytes } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { hexlify } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { MDMS } from "../../bus/topics.js";
import type { MeteringDomain } from "../domain.js";
import { FleetStore } from "../meter/fleetStore.js";
import { ProvisionError } from "./errors.js";
import type { MeteringFiles } from "./layout.js";
import { openMdms } from "./openMdms.js";
import { secretIn, writePrivate } from "./secretFiles.js";
import { readRecord, writeRecord } from "./utilityRecord.js";

/** What took the place of an MDMS. */
export interface ReplacedMdms {
  /** Addresses of the identity keys. */
  readonly lost: string;
  readonly mdms: string;
  /** Meters of the folder that trust the new one now. */
  readonly meters: number;
}

/**
 * Puts an MDMS with new keys in the place of the folder's, which are lost or stolen: the epochs of the old one are over at
 * once. Its keystore stays, under a name that ends in its address, for reports that wait to be opened with it. The meters of the
 * folder's store are told the new identity; their program must not run meanwhile, since it would write what it knew before.
 *
 * @param metering connected to the utility's account.
 * @throws ProvisionError
 */
export async function replaceMdms(
  metering: Metering,
  domain: MeteringDomain,
  files: MeteringFiles,
): Promise<ReplacedMdms> {
  const record = readRecord(files.record);
  if (record === undefined || !existsSync(files.mdmsKeys)) {
    throw new ProvisionError(`${files.mdmsKeys}: there is no MDMS to replace`);
  }
  const lost = (await metering.mdms()).identity;
  record.mdms = { id: record.mdms.id, salt: hexlify(randomBytes(32)) };
  writeRecord(files.record, record);
  for (const file of [files.mdmsKeys, files.mdmsKeysPassword]) renameSync(file, `${file}.${lost}`);
  const mdms = await openMdms(metering, domain, files.mdmsKeys, files.mdmsKeysPassword, record.mdms);
  const password = new Credentials(files.credentials).issue([MDMS]).get(MDMS)!;
  writePrivate(files.mdmsBrokerPassword, `${password}\n`);
  const store = new FleetStore(files.meters, secretIn(files.metersPassword));
  try {
    const meters = store.meters();
    for (const meter of meters) store.saveMemory({ ...store.memory(meter)!, mdms, epoch: undefined });
    store.commit();
    return { lost, mdms, meters: meters.length };
  } finally {
    store.close();
  }
}

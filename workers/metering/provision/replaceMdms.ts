import { existsSync, rmSync } from "node:fs";
import { ZeroAddress } from "ethers";
import type { Metering } from "../../../typechain-types/index.js";
import { Credentials } from "../../bus/broker/credentials.js";
import { MDMS } from "../../bus/topics.js";
import { FleetStore } from "../meter/fleetStore.js";
import { ProvisionError } from "./errors.js";
import type { MeteringFiles } from "./layout.js";
import { putMdms } from "./openMdms.js";
import { beginReplacement } from "./replacement.js";
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
 * once. Its keystore stays, if it is there, under a name that ends in its address, for reports that wait to be opened with it. The
 * meters of the folder's store are told the new identity; their program must not run meanwhile, since it would write what it knew
 * before. Killed anywhere, it goes on when it is called again.
 *
 * @param metering connected to the utility's account.
 * @throws ProvisionError
 */
export async function replaceMdms(metering: Metering, files: MeteringFiles): Promise<ReplacedMdms> {
  const record = readRecord(files.record);
  if (record === undefined) throw new ProvisionError(`${files.record}: there is no MDMS to replace`);
  const { lost, salt } = await beginReplacement(
    files.mdmsReplacement,
    [files.mdmsKeysPassword, files.mdmsKeys],
    async () => {
      const { identity } = await metering.mdms();
      if (identity === ZeroAddress) throw new ProvisionError("there is no MDMS to replace on the chain");
      return identity;
    },
  );
  record.mdms = { id: record.mdms.id, salt };
  writeRecord(files.record, record);
  const domain = { chainId: BigInt(record.chainId), metering: record.metering };
  const mdms = await putMdms(metering, domain, files.mdmsKeys, files.mdmsKeysPassword, record.mdms);
  const password = new Credentials(files.credentials).issue([MDMS]).get(MDMS)!;
  writePrivate(files.mdmsBrokerPassword, `${password}\n`);
  const meters = tellMeters(files, mdms);
  rmSync(files.mdmsReplacement);
  return { lost, mdms, meters };
}

/** Has the meters of the folder's store hold epoch keys to another MDMS. @returns how many they are. */
function tellMeters(files: MeteringFiles, mdms: string): number {
  if (!existsSync(files.meters)) return 0;
  const store = new FleetStore(files.meters, secretIn(files.metersPassword));
  try {
    const meters = store.meters();
    for (const meter of meters) store.saveMemory({ ...store.memory(meter)!, mdms, epoch: undefined });
    store.commit();
    return meters.length;
  } finally {
    store.close();
  }
}

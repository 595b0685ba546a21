import { loadOperatorWallet } from "../crypto/keystore.js";
import { keystoreAddress } from "../crypto/keystoreAddress.js";
import type { BackupSummary } from "../store/checkBackup.js";
import { restoreStore } from "../store/restoreStore.js";
import type { WorkerConfig } from "./config.js";

/**
 * Restores the history of a configured worker from a backup, if the backup is this operator's, of this chain and ledger.
 * The genesis block is compared when the worker starts, since that needs a node.
 *
 * @throws what `restoreStore` throws, and `loadOperatorWallet` where the configuration names no keystore.
 */
export async function restoreWorker(
  config: WorkerConfig,
  from: string,
  environment: Readonly<Record<string, string | undefined>>,
  now: number,
): Promise<BackupSummary> {
  const { keystore, passwordFile, chainId, contracts, database } = config;
  const named = keystore === undefined ? undefined : keystoreAddress(keystore);
  const operator = named ?? (await loadOperatorWallet({ keystore, passwordFile, environment })).address;
  const owner = { chainId: String(chainId), ledger: contracts.ledger, operator };
  return await restoreStore(from, database, owner, Math.floor(now));
}

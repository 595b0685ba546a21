import type { BaseWallet } from "ethers";
import { loadOperatorWallet } from "../crypto/keystore.js";
import type { WorkerConfig } from "./config.js";

/**
 * The key that signs blocks, where the configuration has the worker sign: that of `finality.keystore`, else the operator's.
 *
 * @throws what `loadOperatorWallet` throws.
 */
export async function loadFinalityKey(
  { finality }: WorkerConfig,
  operator: BaseWallet,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (finality?.kind !== "overlay") return undefined;
  const { keystore, passwordFile } = finality;
  if (keystore === undefined) return operator.privateKey;
  return (await loadOperatorWallet({ keystore, passwordFile, environment })).privateKey;
}

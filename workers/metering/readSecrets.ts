import type { Wallet } from "ethers";
import { loadOperatorWallet } from "../crypto/keystore.js";
import { pathFrom } from "../program/readConfig.js";
import { readSecret } from "../program/readSecret.js";

/** Where a configuration has them. */
export interface SecretsChoice {
  readonly keystore?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly broker: {
    readonly url: string;
    readonly passwordFile: string;
    readonly caFile?: string | undefined;
  };
}

/** What a program shows the chain and the broker. */
export interface ProgramSecrets {
  /** The account that sends. */
  readonly wallet: Wallet;
  readonly brokerPassword: string;
}

/**
 * Reads the keystore and the passwords that a configuration names.
 *
 * @param file the configuration, from which its paths go.
 * @throws KeyFileExposedError, KeyMissingError, KeyInvalidError
 */
export async function readSecrets(
  file: string,
  { keystore, passwordFile, broker }: SecretsChoice,
): Promise<ProgramSecrets> {
  const wallet = await loadOperatorWallet({
    keystore: keystore && pathFrom(file, keystore),
    passwordFile: passwordFile && pathFrom(file, passwordFile),
    environment: process.env,
  });
  return { wallet, brokerPassword: readSecret(pathFrom(file, broker.passwordFile)) };
}

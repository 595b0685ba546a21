import { existsSync } from "node:fs";
import { ZeroAddress } from "ethers";
import type { KeyPair } from "../../crypto/keyPair.js";
import type { Metering } from "../../../typechain-types/index.js";
import { addressOfKey } from "../../crypto/addressOfKey.js";
import type { MeteringDomain } from "../domain.js";
import { saltedId } from "../identityHash.js";
import { mdmsRegistration } from "../keys/mdmsRegistration.js";
import { MdmsKeystore } from "../mdms/keys/mdmsKeystore.js";
import { ProvisionError } from "./errors.js";
import { registerMdms } from "./registerMdms.js";
import { secretIn } from "./secretFiles.js";

/** Whose keys they are. */
export interface MdmsIdentity {
  readonly id: string;
  readonly salt: string;
}

/**
 * The keystore of an MDMS, which is made if it is not there, registered on the chain. Killed anywhere, it is called again.
 *
 * @param metering connected to the utility's account.
 * @returns the address of the identity key, which meters hold the epoch keys to.
 * @throws ProvisionError if the chain declines it, or knows another MDMS.
 */
export async function openMdms(
  metering: Metering,
  domain: MeteringDomain,
  keys: string,
  passwordFile: string,
  identity: MdmsIdentity,
): Promise<string> {
  const known = (await metering.mdms()).identity;
  if (known !== ZeroAddress && !existsSync(keys)) {
    throw new ProvisionError(
      `${keys}: the keys of the MDMS, ${known}, are not here; if they are lost, \`metering replace-mdms\` makes others`,
    );
  }
  return await putMdms(metering, domain, keys, passwordFile, identity);
}

/** As `openMdms`, whichever MDMS the chain knows: the new one takes its place. */
export async function putMdms(
  metering: Metering,
  domain: MeteringDomain,
  keys: string,
  passwordFile: string,
  { id, salt }: MdmsIdentity,
): Promise<string> {
  const password = secretIn(passwordFile);
  const salted = saltedId(id, salt);
  const keystore = existsSync(keys)
    ? MdmsKeystore.open(keys, password)
    : MdmsKeystore.create(keys, password, salted);
  const identity = addressOfKey(keystore.identity.publicKey);
  if ((await metering.mdms()).identity === identity) return identity;
  await register(metering, domain, keystore.saltedId, keystore.identity);
  if ((await metering.mdms()).identity !== identity) {
    throw new ProvisionError(`${keys}: the chain declined this MDMS; was another put in its place?`);
  }
  return identity;
}

/** Its hashed identity may be stored already. */
async function register(
  metering: Metering,
  domain: MeteringDomain,
  salted: string,
  identity: KeyPair,
): Promise<void> {
  const { saltedId: shown, identity: address, r, vs } = mdmsRegistration(domain, salted, identity);
  if (await metering.registerMdms.staticCall(shown, address, r, vs)) {
    await (await metering.registerMdms(shown, address, r, vs)).wait();
  } else {
    await registerMdms(metering, domain, { saltedId: salted, identity });
  }
}

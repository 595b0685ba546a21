import type { Metering } from "../../../typechain-types/index.js";
import { addressOfKey } from "../../crypto/addressOfKey.js";
import type { MeteringDomain } from "../domain.js";
import { identityHash } from "../identityHash.js";
import { mdmsRegistration } from "../keys/mdmsRegistration.js";
import type { MdmsKeystore } from "../mdms/keys/mdmsKeystore.js";

/**
 * Stores the hashed identity of an MDMS and has it registered; the one before it, if there was one, is replaced by that.
 *
 * @param metering connected to the utility's account.
 */
export async function registerMdms(
  metering: Metering,
  domain: MeteringDomain,
  { saltedId, identity }: Pick<MdmsKeystore, "saltedId" | "identity">,
): Promise<void> {
  const stored = await metering.storeMdmsIdentity(identityHash(saltedId, addressOfKey(identity.publicKey)));
  await stored.wait();
  const { saltedId: shown, identity: address, r, vs } = mdmsRegistration(domain, saltedId, identity);
  const sent = await metering.registerMdms(shown, address, r, vs);
  await sent.wait();
}

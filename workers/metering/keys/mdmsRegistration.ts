import { addressOfKey } from "../../crypto/addressOfKey.js";
import type { KeyPair } from "../../crypto/keyPair.js";
import type { MeteringDomain } from "../domain.js";
import { identityHash } from "../identityHash.js";
import { type CompactParts, signTyped } from "./signTyped.js";
import { MDMS_REGISTRATION } from "./structTypes.js";

/** The MDMS's request to be registered: the arguments of `Metering.registerMdms`, by name. */
export interface MdmsRegistration extends CompactParts {
  readonly saltedId: string;
  readonly identity: string;
}

/** The MDMS asks to be registered. */
export function mdmsRegistration(
  domain: MeteringDomain,
  saltedId: string,
  identityKey: KeyPair,
): MdmsRegistration {
  const identity = addressOfKey(identityKey.publicKey);
  const value = { hid: identityHash(saltedId, identity) };
  return { saltedId, identity, ...signTyped(domain, MDMS_REGISTRATION, value, identityKey.privateKey) };
}

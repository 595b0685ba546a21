import { addressOfKey } from "../../crypto/addressOfKey.js";
import type { KeyPair } from "../../crypto/keyPair.js";
import type { MeteringDomain } from "../domain.js";
import { identityHash } from "../identityHash.js";
import { type CompactParts, signTyped } from "./signTyped.js";
import { REGISTRATION } from "./structTypes.js";

/** A meter's request to be registered, as `Metering.registerMeters` takes it. */
export interface RegistrationRequest extends CompactParts {
  readonly saltedId: string;
  /** Address of the identity key. */
  readonly identity: string;
  readonly since: number;
}

/**
 * A meter asks to be registered (paper 002, phase 2).
 *
 * @param saltedId As `saltedId` gives it.
 * @param since From when on its intervals count, s.
 */
export function registrationRequest(
  domain: MeteringDomain,
  saltedId: string,
  identityKey: KeyPair,
  since: number,
): RegistrationRequest {
  const identity = addressOfKey(identityKey.publicKey);
  const value = { hid: identityHash(saltedId, identity), since };
  return { saltedId, identity, since, ...signTyped(domain, REGISTRATION, value, identityKey.privateKey) };
}

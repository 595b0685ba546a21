import { addressOfKey } from "../../crypto/addressOfKey.js";
import type { KeyPair } from "../../crypto/keyPair.js";
import type { MeteringDomain } from "../domain.js";
import { type CompactParts, signTyped } from "./signTyped.js";
import { SESSION } from "./structTypes.js";

/** Which session a meter opens. */
export interface SessionTerms {
  /** The meter's number. */
  readonly meter: number;
  /** One more than of the session before, from 1. */
  readonly sequence: number;
  /** The last second at which the key holds. */
  readonly validUntil: number;
}

/** A meter's request to open a session, as `Metering.openSessions` takes it. */
export interface SessionRequest extends SessionTerms, CompactParts {
  /** Address of the session key. */
  readonly key: string;
  readonly keyR: string;
  readonly keyVs: string;
}

/** A meter opens a session with a key that it has just drawn, signed by the identity key and by that key. */
export function sessionRequest(
  domain: MeteringDomain,
  { meter, sequence, validUntil }: SessionTerms,
  identityKey: Pick<KeyPair, "privateKey">,
  sessionKey: KeyPair,
): SessionRequest {
  const value = { meter, sequence, key: addressOfKey(sessionKey.publicKey), validUntil };
  const possession = signTyped(domain, SESSION, value, sessionKey.privateKey);
  return {
    ...value,
    ...signTyped(domain, SESSION, value, identityKey.privateKey),
    keyR: possession.r,
    keyVs: possession.vs,
  };
}

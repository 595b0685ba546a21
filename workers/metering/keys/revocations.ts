import type { MeteringDomain } from "../domain.js";
import { type CompactParts, signTyped } from "./signTyped.js";
import { REVOKE_EPOCH, REVOKE_METER, REVOKE_SESSIONS } from "./structTypes.js";

/** What `Metering.revokeSessionsSigned` takes: the identity key ends the sessions of its meter. */
export function sessionsRevocation(
  domain: MeteringDomain,
  meter: number,
  sequence: number,
  identityKey: Uint8Array,
): CompactParts {
  return signTyped(domain, REVOKE_SESSIONS, { meter, sequence }, identityKey);
}

/** What `Metering.revokeMeterSigned` takes: the identity key revokes itself. */
export function meterRevocation(
  domain: MeteringDomain,
  meter: number,
  identityKey: Uint8Array,
): CompactParts {
  return signTyped(domain, REVOKE_METER, { meter }, identityKey);
}

/** What `Metering.revokeEpochSigned` takes: the MDMS revokes an epoch key. */
export function epochRevocation(
  domain: MeteringDomain,
  epoch: number,
  identityKey: Uint8Array,
): CompactParts {
  return signTyped(domain, REVOKE_EPOCH, { epoch }, identityKey);
}

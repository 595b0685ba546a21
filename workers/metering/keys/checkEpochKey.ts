import { concat, getBytes, isHexString } from "ethers";
import { addressOfKey } from "../../crypto/addressOfKey.js";
import { publicKeyFlaw } from "../../crypto/checkPublicKey.js";
import { recoverCompact } from "../../crypto/compactSignature.js";
import { POINT_BYTES, WORD_BYTES } from "../../crypto/curve.js";
import type { MeteringDomain } from "../domain.js";
import { MOST_UINT32 } from "../report/layout.js";
import type { EpochPublicKey } from "../report/types.js";
import type { SignedEpochKey } from "./epochOpening.js";
import { structDigest } from "./signTyped.js";
import { EPOCH } from "./structTypes.js";

/** An epoch key that a meter does not encrypt to, and why. */
export class EpochKeyRefusedError extends Error {
  override readonly name = "EpochKeyRefusedError";
  constructor(
    readonly flaw: "malformed" | "unknown-point" | "bad-signature" | "over",
    what: string,
  ) {
    super(`epoch key refused (${flaw}): ${what}`);
  }
}

/**
 * Checks an epoch key as it reaches a meter over MQTT, where a concentrator could put in a key of its own (paper 002, F6).
 *
 * @param mdms Address of the MDMS's identity key, which the meter got at provisioning.
 * @param time The meter's clock, s.
 * @throws EpochKeyRefusedError
 */
export function checkEpochKey(
  domain: MeteringDomain,
  signed: SignedEpochKey,
  mdms: string,
  time: number,
): EpochPublicKey {
  const { epoch, validUntil } = signed;
  if (!isUint32(epoch) || epoch === 0 || !isUint32(validUntil)) {
    throw new EpochKeyRefusedError("malformed", `epoch ${epoch} until ${validUntil}`);
  }
  if (
    !isHexString(signed.publicKey, POINT_BYTES) ||
    !isHexString(signed.r, WORD_BYTES) ||
    !isHexString(signed.vs, WORD_BYTES)
  ) {
    throw new EpochKeyRefusedError("malformed", `epoch ${epoch}: key or signature has another length`);
  }
  const publicKey = getBytes(signed.publicKey);
  if (publicKeyFlaw(publicKey) !== undefined) {
    throw new EpochKeyRefusedError("unknown-point", `epoch ${epoch}`);
  }
  const digest = structDigest(domain, EPOCH, { epoch, publicKey, validUntil });
  const key = recoverCompact(digest, getBytes(concat([signed.r, signed.vs])));
  if (key === undefined || addressOfKey(key).toLowerCase() !== mdms.toLowerCase()) {
    throw new EpochKeyRefusedError("bad-signature", `epoch ${epoch} is not signed by ${mdms}`);
  }
  if (validUntil < time) {
    throw new EpochKeyRefusedError("over", `epoch ${epoch} ended at ${validUntil}, and it is ${time}`);
  }
  return { epoch, publicKey };
}

function isUint32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MOST_UINT32;
}

import { createCipheriv } from "node:crypto";
import { drawKeyPair, type KeyPair } from "../../crypto/keyPair.js";
import { sharedSecret } from "../../crypto/sharedSecret.js";
import type { MeteringDomain } from "../domain.js";
import { associatedData } from "./associatedData.js";
import { sealingKey } from "./sealingKey.js";
import type { EpochPublicKey, Reading, SealedUsage, SealingContext } from "./types.js";
import { packUsage } from "./usagePlaintext.js";

/** No nonce is sent: every key encrypts once. */
export const NONCE = new Uint8Array(12);

/**
 * Encrypts a reading to the MDMS (ECIES: secp256k1 ECDH, HKDF-SHA-256, AES-256-GCM).
 *
 * @param ephemeral A pair of keys that is used for this alone; drawn, except in tests.
 * @throws ReadingRangeError
 */
export function sealUsage(
  domain: MeteringDomain,
  context: SealingContext,
  epochKey: EpochPublicKey,
  reading: Reading,
  ephemeral: KeyPair = drawKeyPair(),
): SealedUsage {
  const plaintext = packUsage(reading);
  const secret = sharedSecret(ephemeral.privateKey, epochKey.publicKey);
  const key = sealingKey(secret, ephemeral.publicKey, domain, context, epochKey);
  const cipher = createCipheriv("aes-256-gcm", key, NONCE);
  cipher.setAAD(associatedData(context, epochKey.epoch));
  const sealedUsage = new Uint8Array(cipher.update(plaintext));
  cipher.final();
  return { ephemeralKey: ephemeral.publicKey, sealedUsage, tag: new Uint8Array(cipher.getAuthTag()) };
}

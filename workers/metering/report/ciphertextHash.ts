import { hash256 } from "../../crypto/hash256.js";
import { CIPHERTEXT } from "./layout.js";
import type { SealedUsage } from "./types.js";

/** H(E(UD)): keccak256 of ephemeral key, usage and tag, 32 bytes. */
export function ciphertextHash({ ephemeralKey, sealedUsage, tag }: SealedUsage): Uint8Array {
  const bytes = new Uint8Array(CIPHERTEXT.bytes);
  bytes.set(ephemeralKey);
  bytes.set(sealedUsage, ephemeralKey.length);
  bytes.set(tag, ephemeralKey.length + sealedUsage.length);
  return hash256(bytes);
}

import secp256k1 from "secp256k1";
import { POINT_BYTES } from "./curve.js";

/** What can be wrong with a public key of 33 bytes. */
export type KeyFlaw = "wrong-length" | "point-at-infinity" | "unknown-point";

/**
 * What is wrong with a compressed public key; undefined if it is a point of the curve. The point at infinity, which has no
 * compressed form of 33 bytes, is what begins with 0 (SEC 1, 2.3.3).
 */
export function publicKeyFlaw(publicKey: Uint8Array): KeyFlaw | undefined {
  if (publicKey.length !== POINT_BYTES) return "wrong-length";
  if (publicKey[0] === 0) return "point-at-infinity";
  return secp256k1.publicKeyVerify(publicKey) ? undefined : "unknown-point";
}

import { randomBytes } from "node:crypto";
import secp256k1 from "secp256k1";
import { WORD_BYTES } from "./curve.js";

/** A pair of keys on secp256k1. */
export interface KeyPair {
  /** 32 bytes; never leaves the device. */
  readonly privateKey: Uint8Array;
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
}

/** Draws a pair of keys. */
export function drawKeyPair(): KeyPair {
  let privateKey: Uint8Array;
  do privateKey = randomBytes(WORD_BYTES);
  while (!secp256k1.privateKeyVerify(privateKey));
  return keyPairOf(privateKey);
}

/** The pair of a private key. Throws if that is zero or not below the order. */
export function keyPairOf(privateKey: Uint8Array): KeyPair {
  return { privateKey, publicKey: secp256k1.publicKeyCreate(privateKey) };
}

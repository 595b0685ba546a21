import { hexlify, toBigInt } from "ethers";
import secp256k1 from "secp256k1";
import { MOST_S, ORDER, SIGNATURE_BYTES, WORD_BYTES } from "./curve.js";

/** What can be wrong with a compact signature before anybody asks who signed. */
export type SignatureFlaw = "wrong-length" | "zero-signature" | "high-s" | "malformed";

const PARITY = 0x80;

/** Signs 32 bytes: r, then s (in the lower half) with the parity of R's y in its first bit (EIP-2098). */
export function signCompact(digest: Uint8Array, privateKey: Uint8Array): Uint8Array {
  const { signature, recid } = secp256k1.ecdsaSign(digest, privateKey);
  if (recid === 1) signature[WORD_BYTES]! |= PARITY;
  // A recid of 2 or 3 stands for an R whose x is above the order: nobody ever sees one, and Ethereum has no form for it.
  if (recid > 1) throw new RangeError("the signature has no compact form");
  return signature;
}

/** What is wrong with a compact signature; undefined if its numbers are in range. */
export function signatureFlaw(signature: Uint8Array): SignatureFlaw | undefined {
  if (signature.length !== SIGNATURE_BYTES) return "wrong-length";
  const { r, s } = numbersOf(signature);
  if (r === 0n || s === 0n) return "zero-signature";
  if (s > MOST_S) return "high-s";
  return r < ORDER ? undefined : "malformed";
}

/**
 * The public key (65 bytes) under which a compact signature of `digest` holds; undefined if there is none, or the signature
 * has a flaw. The contract sees the same key.
 */
export function recoverCompact(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  if (signatureFlaw(signature) !== undefined) return undefined;
  const plain = Uint8Array.from(signature);
  const parity = plain[WORD_BYTES]! >> 7;
  plain[WORD_BYTES]! &= ~PARITY;
  try {
    return secp256k1.ecdsaRecover(plain, parity, digest, false);
  } catch {
    // r is the abscissa of no point, or the key would be the point at infinity.
    return undefined;
  }
}

function numbersOf(signature: Uint8Array): { readonly r: bigint; readonly s: bigint } {
  const s = toBigInt(hexlify(signature.subarray(WORD_BYTES)));
  return { r: toBigInt(hexlify(signature.subarray(0, WORD_BYTES))), s: s & ((1n << 255n) - 1n) };
}

import secp256k1 from "secp256k1";
import { WORD_BYTES } from "./curve.js";

/** The abscissa of private key · public key, 32 bytes (SEC 1, 3.3.1). Throws if `publicKey` is no point of the curve. */
export function sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return secp256k1.ecdh(publicKey, privateKey, { hashfn: abscissa }, new Uint8Array(WORD_BYTES));
}

function abscissa(x: Uint8Array): Uint8Array {
  return x;
}

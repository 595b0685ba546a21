import { getBytes, hexlify, recoverAddress, toBigInt } from "ethers";

const SIGNATURE_BYTES = 65;
/** Half the order of secp256k1: of the two s that a signature could have, the contracts take the lower. */
const MOST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * Who signed a hash; undefined if the signature is none, or of a form that the contracts do not take (another length, s
 * in the upper half, v other than 27 and 28).
 *
 * @param signature hexadecimal: r, s, v.
 */
export function canonicalSigner(hash: string, signature: string): string | undefined {
  if (!/^0x[0-9a-f]{130}$/iu.test(signature)) return undefined;
  const bytes = getBytes(signature);
  const v = bytes[SIGNATURE_BYTES - 1];
  if (toBigInt(bytes.subarray(32, 64)) > MOST_S || (v !== 27 && v !== 28)) return undefined;
  try {
    return recoverAddress(hash, hexlify(bytes));
  } catch {
    // r is the abscissa of no point.
    return undefined;
  }
}

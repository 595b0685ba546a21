import { dataSlice, getAddress, keccak256 } from "ethers";
import secp256k1 from "secp256k1";

/** The address of a public key (33 or 65 bytes), with checksum. Throws if it is no point of the curve. */
export function addressOfKey(publicKey: Uint8Array): string {
  const whole = secp256k1.publicKeyConvert(publicKey, false);
  return getAddress(dataSlice(keccak256(whole.subarray(1)), 12));
}

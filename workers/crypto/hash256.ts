import { getBytes, keccak256 } from "ethers";

/** Keccak-256 of bytes, as 32 bytes. */
export function hash256(bytes: Uint8Array): Uint8Array {
  return getBytes(keccak256(bytes));
}

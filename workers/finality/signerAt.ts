import type { SignerKey } from "./overlayChain.js";

/** The address of the key that signs for a seat at a height, lower case; undefined if none does. Keys are by growing height. */
export function signerAt(keys: readonly SignerKey[], seat: number, height: number): string | undefined {
  return keys.findLast((key) => key.seat === seat && key.fromHeight <= height)?.signer.toLowerCase();
}

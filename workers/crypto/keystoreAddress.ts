import { readFileSync } from "node:fs";
import { getAddress, isAddress } from "ethers";
import { KeyInvalidError } from "./keystore.js";

/**
 * The account that a keystore names beside its encrypted key, without the password; undefined if it names none.
 *
 * @throws KeyInvalidError if it is no keystore.
 */
export function keystoreAddress(path: string): string | undefined {
  try {
    const { address } = JSON.parse(readFileSync(path, "utf8")) as { address?: unknown };
    if (typeof address !== "string") return undefined;
    const text = address.startsWith("0x") ? address : `0x${address}`;
    return isAddress(text) ? getAddress(text) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) throw new KeyInvalidError(`${path}: not a keystore`);
    throw error;
  }
}

import { getAddress, isAddress } from "ethers";
import { ChainDataError } from "./errors.js";

/**
 * Reads an address in any letter case, with a checksum if it is in both.
 *
 * @param label Names the field in an error.
 * @throws ChainDataError if it is none.
 */
export function parseAddress(text: string, label: string): string {
  const known: boolean = isAddress(text);
  if (!known) throw new ChainDataError(`${label}: ${text} is no address`);
  return getAddress(text);
}

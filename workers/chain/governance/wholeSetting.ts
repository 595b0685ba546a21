import { ChainDataError } from "../errors.js";

/**
 * Reads a whole number.
 *
 * @throws ChainDataError naming the parameter if it is none, or above `most`.
 */
export function wholeSetting(name: string, text: string, most: bigint): bigint {
  if (!/^\d{1,20}$/u.test(text) || BigInt(text) > most) {
    throw new ChainDataError(`${name}: expected a whole number up to ${most}, got ${text}`);
  }
  return BigInt(text);
}

import { ChainDataError } from "./errors.js";

/** A fraction of small whole numbers, as the chain keeps it (16 bits each). */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * Reads a fraction, such as `2/3`; a whole number counts as one over 1.
 *
 * @param label Names the field in an error.
 * @throws ChainDataError if it is none, or its parts do not fit in 16 bits.
 */
export function parseFraction(text: string, label: string): Fraction {
  const [, over, under = "1"] = /^(\d{1,5})(?:\/(\d{1,5}))?$/u.exec(text.trim()) ?? [];
  const [numerator, denominator] = [Number(over), Number(under)];
  if (!(numerator <= 65_535 && denominator <= 65_535) || denominator === 0) {
    throw new ChainDataError(`${label}: expected a fraction such as 2/3, got ${text}`);
  }
  return { numerator, denominator };
}

import { ReadingRangeError } from "./errors.js";
import type { OpenedUsage, Reading } from "./types.js";

/** Both halves of a plaintext count modulo this. */
export const REGISTER_MODULUS_WH = 65_536;

/**
 * The 4 bytes that are encrypted: the interval's energy in Wh, then the cumulative register in Wh modulo 65,536. A household
 * on three phases of 100 A draws less than 65,535 Wh in 56 minutes; and the rest of the register tells the true energy of any
 * gap in which less than 65,536 Wh were used, and whether the intervals add up.
 *
 * @throws ReadingRangeError
 */
export function packUsage({ usageWh, registerWh }: Reading): Uint8Array {
  if (!Number.isInteger(usageWh) || usageWh < 0 || usageWh >= REGISTER_MODULUS_WH) {
    throw new ReadingRangeError("usageWh", usageWh, `a whole number from 0 to ${REGISTER_MODULUS_WH - 1}`);
  }
  if (!Number.isSafeInteger(registerWh) || registerWh < 0) {
    throw new ReadingRangeError("registerWh", registerWh, "a whole number from 0 on");
  }
  const rest = registerWh % REGISTER_MODULUS_WH;
  return Uint8Array.of(usageWh >> 8, usageWh & 0xff, rest >> 8, rest & 0xff);
}

/** The other way. Any 4 bytes are a plaintext. */
export function unpackUsage(bytes: Uint8Array): OpenedUsage {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return { usageWh: (a << 8) | b, registerRestWh: (c << 8) | d };
}

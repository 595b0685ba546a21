/**
 * What a report says, in 32 bits: the energy of the interval in the upper 18 (Wh, to 262 kWh in half an hour), and the
 * last digits of the meter's register at its end in the lower 14 (Wh modulo 16,384).
 *
 * The digits bind the intervals to the register at no cost on the wire: between any two reports the intervals must add
 * up to what the register moved, modulo 16,384 Wh; and over a gap in which less than that was used, the register says
 * exactly how much.
 */
export interface Usage {
  /** Energy of the interval, Wh: 0 to 262,143. */
  readonly energyWh: number;
  /** The register at its end, Wh modulo 16,384. */
  readonly registerWh: number;
}

/** The register's digits in a report wrap here, Wh. */
export const REGISTER_MODULUS = 2 ** 14;
/** One more than the largest energy of an interval, Wh. */
export const ENERGY_LIMIT = 2 ** 18;

/** An energy that no report can carry. */
export class UsageOutOfRangeError extends Error {
  override readonly name = "UsageOutOfRangeError";
  constructor(readonly energyWh: number) {
    super(`${energyWh} Wh in an interval; a report carries whole Wh from 0 to ${ENERGY_LIMIT - 1}`);
  }
}

/**
 * @param registerWh the whole register, Wh.
 * @returns an unsigned integer of 32 bits.
 */
export function packUsage(energyWh: number, registerWh: number): number {
  if (!Number.isInteger(energyWh) || energyWh < 0 || energyWh >= ENERGY_LIMIT) {
    throw new UsageOutOfRangeError(energyWh);
  }
  return energyWh * REGISTER_MODULUS + (registerWh % REGISTER_MODULUS);
}

/** The reverse. */
export function unpackUsage(packed: number): Usage {
  return {
    energyWh: Math.floor(packed / REGISTER_MODULUS),
    registerWh: packed % REGISTER_MODULUS,
  };
}

import { REGISTER_MODULUS_WH } from "./usagePlaintext.js";

/**
 * The register that a report's rest stands for, Wh: the least one from the last known register on. Right if less than 65,536
 * Wh were used since.
 *
 * @param knownWh The register of an earlier report, Wh.
 * @param registerRestWh As `openUsage` gives it.
 */
export function continueRegister(knownWh: number, registerRestWh: number): number {
  const used = (registerRestWh - (knownWh % REGISTER_MODULUS_WH) + REGISTER_MODULUS_WH) % REGISTER_MODULUS_WH;
  return knownWh + used;
}

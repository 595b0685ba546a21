import type { ClassGain } from "./classGain.js";

/** When an operator runs out of credits. */
export interface Expulsion {
  /** Slots until its credits are gone, expected; undefined for who does not lose. */
  readonly slots: number | undefined;
  /** Standard deviation of that. */
  readonly deviation: number | undefined;
}

/**
 * Slots until a deposit is lost, for changes per slot that are independent and alike: `D/loss` by Wald's identity, up
 * to the part of the last slot's charge that is clamped, and its standard deviation `√(D v)/loss^1.5` (renewal theory).
 * Exact for the first operator that runs out; from then on it pays less than it owes.
 */
export function timeToExpulsion(deposit: number, { mean, variance }: ClassGain): Expulsion {
  if (!(mean < 0)) return { slots: undefined, deviation: undefined };
  const loss = -mean;
  return { slots: deposit / loss, deviation: Math.sqrt(deposit * variance) / loss ** 1.5 };
}

import type { SlotLedger } from "../../typechain-types/measurement/SlotLedger.js";
import type { SlotClock } from "./ingest/types.js";

/** What a worker needs of the ledger's terms; they are fixed with the contract. */
export interface LedgerTerms extends SlotClock {
  /** Slots from the cut-off until a slot may be closed without a certificate. */
  readonly expirySlots: number;
  /** The normal quantile of the false alarm rate. */
  readonly normalQuantile: number;
}

export async function readLedgerTerms(ledger: SlotLedger): Promise<LedgerTerms> {
  const [clock, terms] = await Promise.all([ledger.clock(), ledger.terms()]);
  return {
    genesis: Number(clock.genesis),
    slotSeconds: Number(clock.slotSeconds),
    cutoffSlots: Number(clock.cutOffSlots),
    expirySlots: Number(clock.expirySlots),
    normalQuantile: Number(terms.normalQuantileQ32) / 2 ** 32,
  };
}

/** When a slot starts, ends, takes no more values, and may be closed without a certificate: unix seconds. */
export function slotTimes(
  terms: LedgerTerms,
  slot: number,
): { readonly start: number; readonly end: number; readonly cutoff: number; readonly expiry: number } {
  const start = terms.genesis + slot * terms.slotSeconds;
  const end = start + terms.slotSeconds;
  const cutoff = end + terms.cutoffSlots * terms.slotSeconds;
  return { start, end, cutoff, expiry: cutoff + terms.expirySlots * terms.slotSeconds };
}

import { MAX_CALLDATA_BYTES } from "../chain/limits.js";
import type { SettlementValues } from "./slotUploads.js";

/** A slot that is to be settled together with others. */
export interface QuietSlot extends SettlementValues {
  readonly slot: number;
  /** Packed, 5 bytes for each bus. */
  readonly angles: Uint8Array;
}

/** The arguments of `SlotLedger.settleMany`. */
export interface ManySlots extends SettlementValues {
  readonly first: number;
  readonly count: number;
  readonly angles: Uint8Array;
}

/** Bytes of the call beside the slots' own: selector, five words, three lengths and what fills up to whole words. */
const CALL_BYTES = 4 + 5 * 32 + 3 * 64;

/** Most slots of one call: those of the ledger's ring. */
const MOST_SLOTS = 256;

/**
 * Joins consecutive slots into one call of `settleMany`: from the first on, as many as fit into the bytes of a transaction.
 *
 * @param slots At least one.
 * @param most Slots, at least 1.
 */
export function joinSlots(slots: readonly QuietSlot[], most = MOST_SLOTS): ManySlots {
  let bytes = CALL_BYTES;
  let count = 0;
  for (const { values, supplements, angles } of slots) {
    bytes += values.length + supplements.length + angles.length;
    if (count > 0 && (bytes > MAX_CALLDATA_BYTES || count >= Math.min(most, MOST_SLOTS))) break;
    count++;
  }
  const taken = slots.slice(0, count);
  const joined = (part: "values" | "supplements" | "angles"): Uint8Array =>
    Uint8Array.from(Buffer.concat(taken.map((slot) => slot[part])));
  return {
    first: taken[0]!.slot,
    count,
    values: joined("values"),
    supplements: joined("supplements"),
    angles: joined("angles"),
  };
}

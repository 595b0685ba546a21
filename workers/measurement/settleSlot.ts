import type { Estimator } from "../estimation/estimator.js";
import type { VersionRecords } from "../grid/version/types.js";
import { estimateSlot, type SlotEstimateResult } from "./estimateSlot.js";
import { packSlotAngles, slotAngles } from "./slotAngles.js";
import { type SettlementValues, type SlotUploads, settlementValues } from "./slotUploads.js";

/** What to send to the ledger for a slot, and the estimate behind it (advice only where values are missing). */
export type Settlement = SettlementValues & { readonly result: SlotEstimateResult } & (
    { readonly kind: "settle"; readonly angles: Uint8Array } | { readonly kind: "closeIncomplete" }
  );

/**
 * Makes the settlement of a slot: with angles if every meter reported, else as incomplete.
 *
 * @throws RangeError if the values ask for angles that do not fit into the ledger's integers: such a slot can only be
 * closed once it has expired.
 */
export function settleSlot(
  records: VersionRecords,
  estimator: Estimator,
  slot: SlotUploads,
  normalQuantile: number,
): Settlement {
  const result = estimateSlot(records, estimator, slot.counts, normalQuantile);
  const values = settlementValues(slot.uploads);
  if (slot.missing > 0 || !result.observable) return { kind: "closeIncomplete", ...values, result };
  const angles = slotAngles(records, estimator, slot.counts, result.estimate.theta);
  return { kind: "settle", ...values, angles: packSlotAngles(angles), result };
}

import type { Estimator } from "../estimation/estimator.js";
import type { VersionRecords } from "../grid/version/types.js";
import { estimateSlot, type SlotEstimateResult } from "./estimateSlot.js";
import { fittingAngles } from "./fittingAngles.js";
import { reportedTree } from "./reportedTree.js";
import { packSlotAngles, slotAngles } from "./slotAngles.js";
import type { SlotRules } from "./slotRules.js";
import { type SettlementValues, type SlotUploads, settlementValues } from "./slotUploads.js";

/** What the ledger is sent for a slot, beside the values. */
export type SettlementCall =
  | { readonly kind: "settle"; readonly angles: Uint8Array }
  | { readonly kind: "settleIncomplete"; readonly angles: Uint8Array; readonly tree: Uint8Array }
  | { readonly kind: "closeIncomplete" };

/** What to send to the ledger for a slot, and the estimate behind it (advice only where it is closed without one). */
export type Settlement = SettlementValues & SettlementCall & { readonly result: SlotEstimateResult };

/**
 * Makes the settlement of a slot: with angles if every meter reported; else, where the rules have an anomaly penalised even
 * so, with angles and a tree over the reported meters; else, and where no such tree spans the grid or no angles of the ledger's
 * explain the values, without a certificate.
 *
 * @throws RangeError if nothing is missing and the values ask for angles that do not fit into the ledger's integers: such a slot can only be
 * closed once it has expired.
 */
export function settleSlot(
  records: VersionRecords,
  estimator: Estimator,
  slot: SlotUploads,
  rules: Pick<SlotRules, "normalQuantile" | "penaliseIncomplete">,
): Settlement {
  const result = estimateSlot(records, estimator, slot.counts, rules.normalQuantile);
  const values = settlementValues(slot.uploads);
  const wanted = slot.missing === 0 || rules.penaliseIncomplete;
  if (!wanted || !result.observable) return { kind: "closeIncomplete", ...values, result };
  const { theta, threshold } = result.estimate;
  if (slot.missing === 0) {
    const angles = slotAngles(records, estimator, slot.counts, theta);
    return { kind: "settle", ...values, angles: packSlotAngles(angles), result };
  }
  // Without more rows than states τ would be 0: the ledger takes no certificate then.
  const tree = threshold > 0 ? reportedTree(records, slot.counts) : undefined;
  if (tree === undefined) return { kind: "closeIncomplete", ...values, result };
  const angles = fittingAngles(records, theta);
  if (angles === undefined) return { kind: "closeIncomplete", ...values, result };
  return { kind: "settleIncomplete", ...values, angles, tree, result };
}

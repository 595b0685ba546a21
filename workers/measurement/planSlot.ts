import type { Estimator } from "../estimation/estimator.js";
import type { VersionRecords } from "../grid/version/types.js";
import { isQuiet } from "./isQuiet.js";
import type { QuietSlot } from "./joinSlots.js";
import { packAngles } from "./packValues.js";
import { type Settlement, settleSlot } from "./settleSlot.js";
import type { SlotRules } from "./slotRules.js";
import type { SlotUploads } from "./slotUploads.js";
import { angleUnits } from "./versionEstimator.js";

/** How a slot can be settled: `quiet` ones together, all others by themselves. */
export type SlotPlan =
  | { readonly kind: "quiet"; readonly quiet: QuietSlot; readonly settlement: Settlement }
  | { readonly kind: "alarm" | "incomplete"; readonly settlement: Settlement }
  /** No angles of the ledger's explain the values: the slot is closed once it has expired. */
  | { readonly kind: "inexplicable"; readonly reason: string };

/** Estimates a slot and says how it can be settled. */
export function planSlot(
  records: VersionRecords,
  estimator: Estimator,
  uploads: SlotUploads,
  rules: Pick<SlotRules, "normalQuantile" | "penaliseIncomplete">,
): SlotPlan {
  let settlement: Settlement;
  try {
    settlement = settleSlot(records, estimator, uploads, rules);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: "inexplicable", reason: error.message };
  }
  if (settlement.kind !== "settle" || !settlement.result.observable) {
    return { kind: "incomplete", settlement };
  }
  const { objective, threshold, theta } = settlement.result.estimate;
  if (!isQuiet(objective, threshold)) return { kind: "alarm", settlement };
  const { values, supplements } = settlement;
  // Angles with the version's digits, under a factored version too.
  const angles = packAngles(angleUnits(records, theta));
  return { kind: "quiet", quiet: { slot: uploads.slot, values, supplements, angles }, settlement };
}

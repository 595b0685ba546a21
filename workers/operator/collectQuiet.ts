import { isQuiet } from "../measurement/isQuiet.js";
import type { QuietSlot } from "../measurement/joinSlots.js";
import { fittingAngles } from "../measurement/fittingAngles.js";
import { type LedgerRules, rulesOfSlot } from "../measurement/slotRules.js";
import { slotTimes } from "../measurement/slotTimes.js";
import { estimateSlot, type SlotEstimate } from "./estimateSlot.js";
import { fetchSlot, type SlotData, UploadNotRecoverableError } from "./fetchSlot.js";
import type { OperatorContext } from "./operatorContext.js";
import type { VersionModel } from "./versionModel.js";

/** Slots that one look collects: estimating takes time, and what is left is settled next. */
const MOST = 96;

/** A slot as it is settled together with others; undefined if it is not to be: values are missing, J is above τ, or no angles fit. */
export function quietSlot(
  model: VersionModel,
  slot: number,
  data: SlotData,
  { theta, objective, threshold }: SlotEstimate,
): QuietSlot | undefined {
  if (data.missing > 0 || theta === undefined || objective === undefined || threshold === undefined)
    return undefined;
  if (!isQuiet(objective, threshold)) return undefined;
  const angles = fittingAngles(model.records, theta);
  if (angles === undefined) return undefined;
  return { slot, values: data.values, supplements: data.supplements, angles };
}

/**
 * The slots that can be settled together with `first`: those right after it that are due, have its version and rules,
 * miss no value and have no alarm.
 *
 * @param now Time of the chain.
 */
export async function collectQuiet(
  context: OperatorContext,
  model: VersionModel,
  first: QuietSlot,
  now: number,
  rules: LedgerRules,
): Promise<QuietSlot[]> {
  const { provider, store } = context.worker;
  const found = [first];
  for (let slot = first.slot + 1; found.length < MOST && slotTimes(rules, slot).cutoff <= now; slot++) {
    if (rulesOfSlot(rules, slot) !== rulesOfSlot(rules, first.slot)) break;
    if ((await context.versionOf(slot)) !== model.version) break;
    let quiet: QuietSlot | undefined;
    try {
      const data = await fetchSlot(provider, store, model, slot);
      if (data.missing > 0) break;
      quiet = quietSlot(
        model,
        slot,
        data,
        estimateSlot(model, data, rulesOfSlot(rules, slot).normalQuantile),
      );
    } catch (error) {
      // What is wrong with that slot is told when it is its turn.
      if (!(error instanceof UploadNotRecoverableError || error instanceof RangeError)) throw error;
    }
    if (quiet === undefined) break;
    found.push(quiet);
  }
  return found;
}

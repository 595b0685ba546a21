import type { VersionRecords } from "../grid/version/types.js";
import type { ManySlots, QuietSlot } from "./joinSlots.js";
import { joinSupplements } from "./packValues.js";
import type { SlotUploads } from "./slotUploads.js";

/**
 * What a call of `settleMany` brings for each of its slots, as the ledger divides it.
 *
 * @param uploads Of each slot, as the chain has them: they tell whose supplements there are. Where the call is too short or
 *   too long, some slots get what is left, or the last the rest.
 */
export function splitSlots(
  records: VersionRecords,
  call: ManySlots,
  uploads: readonly SlotUploads[],
): QuietSlot[] {
  const { meters, buses } = records.geometry;
  let supplement = 0;
  return uploads.map((slot, i) => {
    const last = i === uploads.length - 1;
    const part = (bytes: Uint8Array, each: number): Uint8Array =>
      bytes.subarray(i * each, last ? undefined : (i + 1) * each);
    const supplements = slot.uploads.flatMap((one) => (one.supplement === undefined ? [] : [one.supplement]));
    const from = supplement;
    supplement += joinSupplements(supplements).length;
    return {
      slot: slot.slot,
      values: part(call.values, 3 * meters),
      supplements: call.supplements.subarray(from, last ? undefined : supplement),
      angles: part(call.angles, 5 * buses),
    };
  });
}

import type { VersionRecords } from "../grid/version/types.js";
import { certificate } from "./certificate.js";
import type { QuietSlot } from "./joinSlots.js";
import { unpackAngles } from "./packValues.js";
import { type SlotUploads, settlementValues } from "./slotUploads.js";

/** Whether the ledger would take what was brought for a slot among others. */
export type BroughtVerdict =
  | { readonly sound: true; readonly objective: number }
  /** J is known where values and angles could be taken for what they are. */
  | { readonly sound: false; readonly reason: string; readonly objective: number | undefined };

/**
 * Checks what is brought to settle a slot among others: values and supplements are those that were uploaded, nothing is
 * missing, and J of the angles, in the ledger's own integers, is at most τ.
 *
 * @param uploads What the chain has.
 * @param threshold τ.
 */
export function checkBrought(
  records: VersionRecords,
  uploads: SlotUploads,
  brought: QuietSlot,
  threshold: number,
): BroughtVerdict {
  const { buses, roots, weightDigits, meters } = records.geometry;
  if (uploads.missing > 0)
    return wrong(`${uploads.missing} of ${meters} values are missing: close it by itself`);
  const uploaded = settlementValues(uploads.uploads);
  let from = 0;
  for (const { seat, batch } of uploads.uploads) {
    const until = from + batch.length;
    if (!same(brought.values.subarray(from, until), batch)) {
      return wrong(`the values of seat ${seat} are not those it uploaded`);
    }
    from = until;
  }
  if (brought.values.length !== from) return wrong(`${brought.values.length} bytes of values, not ${from}`);
  if (!same(brought.supplements, uploaded.supplements)) {
    return wrong("the supplements are not those that were uploaded");
  }
  if (brought.angles.length !== 5 * buses) {
    return wrong(`${brought.angles.length} bytes of angles, not ${5 * buses}`);
  }
  const angles = unpackAngles(brought.angles);
  for (let root = 0; root < roots; root++) {
    if (angles[root] !== 0) return wrong(`the angle of reference bus ${records.tree[root]!.bus} is not zero`);
  }
  const objective = Number(certificate(records, uploads.counts, angles).objective) / 2 ** (80 + weightDigits);
  if (objective > threshold) return wrong("J of the angles is above τ", objective);
  return { sound: true, objective };
}

function wrong(reason: string, objective?: number): BroughtVerdict {
  return { sound: false, reason, objective };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

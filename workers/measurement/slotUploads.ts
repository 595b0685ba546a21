import { MISSING_VALUE } from "../grid/version/constants.js";
import type { VersionRecords } from "../grid/version/types.js";
import { applySupplement, joinSupplements, unpackBatch, unpackSupplement } from "./packValues.js";

/** What one seat uploaded for a slot. */
export interface SeatUpload {
  readonly seat: number;
  readonly batch: Uint8Array;
  readonly supplement: Uint8Array | undefined;
}

/** What was uploaded for a slot. */
export interface SlotUploads {
  readonly slot: number;
  /** By seat; of those that uploaded. */
  readonly uploads: readonly SeatUpload[];
  /** By meter: the value that counts, `MISSING_VALUE` where there is none or it is out of range. */
  readonly counts: Int32Array;
  /** By seat: how many of its values are missing. */
  readonly missingBySeat: readonly number[];
  readonly missing: number;
}

/** The uploads of a slot as `settle` and `closeIncomplete` take them. */
export interface SettlementValues {
  /** The batches joined, by seat. */
  readonly values: Uint8Array;
  /** The supplements joined, by seat, each after its length. */
  readonly supplements: Uint8Array;
}

/** The values that count, from batches and supplements, and how many are missing. */
export function mergeUploads(
  uploads: readonly SeatUpload[],
  records: VersionRecords,
): Pick<SlotUploads, "counts" | "missingBySeat" | "missing"> {
  const counts = new Int32Array(records.geometry.meters).fill(MISSING_VALUE);
  const bySeat = new Map(uploads.map((upload) => [upload.seat, upload]));
  let first = 0;
  const missingBySeat = records.metersBySeat.map((meters, seat) => {
    const upload = bySeat.get(seat);
    if (upload !== undefined) {
      const entries = unpackSupplement(upload.supplement ?? new Uint8Array());
      counts.set(applySupplement(unpackBatch(upload.batch), entries), first);
    }
    let missing = 0;
    for (let meter = first; meter < first + meters; meter++) {
      const limit = 2 ** records.directory[meter]!.rangeBits;
      // As the contract does: -2^e is still inside.
      if (counts[meter]! < -limit || counts[meter]! >= limit) counts[meter] = MISSING_VALUE;
      if (counts[meter] === MISSING_VALUE) missing++;
    }
    first += meters;
    return missing;
  });
  return { counts, missingBySeat, missing: missingBySeat.reduce((sum, count) => sum + count, 0) };
}

/** Uploads as a settlement brings them. */
export function settlementValues(uploads: readonly SeatUpload[]): SettlementValues {
  const supplements = uploads.flatMap(({ supplement }) => (supplement === undefined ? [] : [supplement]));
  return {
    values: Uint8Array.from(Buffer.concat(uploads.map(({ batch }) => batch))),
    supplements: joinSupplements(supplements),
  };
}

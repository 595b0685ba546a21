import { type Provider, getBytes, keccak256 } from "ethers";
import type { SlotLedger } from "../../typechain-types/index.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import type { VersionRecords } from "../grid/version/types.js";
import {
  applySupplement,
  joinSupplements,
  unpackBatch,
  unpackSupplement,
} from "../measurement/packValues.js";
import { ChainDataError } from "./errors.js";

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

/**
 * Reads all that was uploaded for a slot from the calldata of the transactions that the ledger's events name; what is
 * found is held against the hashes that the ledger keeps.
 *
 * @param records Of the version that holds for the slot.
 * @throws ChainDataError if an upload was not sent directly to the ledger, so that its values are not in calldata.
 */
export async function readSlot(
  ledger: SlotLedger,
  provider: Provider,
  slot: number,
  records: VersionRecords,
): Promise<SlotUploads> {
  const [batches, supplements] = await Promise.all([
    ledger.queryFilter(ledger.filters.BatchUploaded(slot)),
    ledger.queryFilter(ledger.filters.SupplementUploaded(slot)),
  ]);
  const entriesOf = new Map(
    await Promise.all(
      supplements.map(
        async ({ args, transactionHash }) =>
          [
            Number(args.seat),
            await calldata(ledger, provider, transactionHash, "supplement", args.hash),
          ] as const,
      ),
    ),
  );
  const uploads = await Promise.all(
    batches.map(async ({ args, transactionHash }): Promise<SeatUpload> => {
      const seat = Number(args.seat);
      const batch = await calldata(ledger, provider, transactionHash, "upload", args.hash);
      return { seat, batch, supplement: entriesOf.get(seat) };
    }),
  );
  uploads.sort((a, b) => a.seat - b.seat);
  return { slot, uploads, ...mergeUploads(uploads, records) };
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

/** The bytes that a transaction brought, if they hash to what its event says. */
async function calldata(
  ledger: SlotLedger,
  provider: Provider,
  hash: string,
  name: "upload" | "supplement",
  wanted: string,
): Promise<Uint8Array> {
  const transaction = await provider.getTransaction(hash);
  if (transaction === null) throw new ChainDataError(`transaction ${hash} is not known to the node`);
  const call = ledger.interface.parseTransaction({ data: transaction.data });
  const bytes = call?.name === name ? getBytes(String(call.args[1])) : undefined;
  if (bytes === undefined || keccak256(bytes) !== wanted) {
    throw new ChainDataError(
      `transaction ${hash} did not call ${name} directly, so that its values are not in its calldata`,
    );
  }
  return bytes;
}

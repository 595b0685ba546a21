import { type Provider, getBytes } from "ethers";
import type { SlotLedger } from "../../typechain-types/index.js";
import type { VersionRecords } from "../grid/version/types.js";
import { mergeUploads, type SeatUpload, type SlotUploads } from "../measurement/slotUploads.js";
import { ChainDataError } from "./errors.js";

/**
 * Reads all that was uploaded for a slot from the calldata of the transactions that the ledger's events name.
 *
 * @param records Of the version that holds for the slot.
 * @throws ChainDataError if the node does not know the transaction of an upload.
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
          [Number(args.seat), await calldata(ledger, provider, transactionHash, ["supplement"])] as const,
      ),
    ),
  );
  const uploads = await Promise.all(
    batches.map(async ({ args, transactionHash }): Promise<SeatUpload> => {
      const seat = Number(args.seat);
      const batch = await calldata(ledger, provider, transactionHash, ["upload", "reveal"]);
      return { seat, batch, supplement: entriesOf.get(seat) };
    }),
  );
  uploads.sort((a, b) => a.seat - b.seat);
  return { slot, uploads, ...mergeUploads(uploads, records) };
}

/** The bytes that a transaction brought. */
async function calldata(
  ledger: SlotLedger,
  provider: Provider,
  hash: string,
  names: readonly string[],
): Promise<Uint8Array> {
  const transaction = await provider.getTransaction(hash);
  if (transaction === null) throw new ChainDataError(`transaction ${hash} is not known to the node`);
  const call = ledger.interface.parseTransaction({ data: transaction.data });
  // The ledger lets nobody upload through a contract, so that this only fails for another ledger.
  if (call === null || !names.includes(call.name)) {
    throw new ChainDataError(`transaction ${hash} did not call ${names.join(" or ")} directly`);
  }
  return getBytes(String(call.args[1]));
}

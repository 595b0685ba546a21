import { getBytes, type Provider } from "ethers";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";
import { uploadsOfSlot, type UploadView } from "../store/ledgerView.js";
import type { Store } from "../store/openStore.js";
import { mergeUploads, settlementValues } from "../measurement/slotUploads.js";
import type { VersionModel } from "./versionModel.js";

/** What was uploaded for a slot. */
export interface SlotData {
  /** Seats whose batch is on the chain. */
  readonly seats: ReadonlySet<number>;
  /** How many batches and supplements there are. */
  readonly uploads: number;
  /** The batches, by seat, as `settle` takes them. */
  readonly values: Uint8Array;
  /** The supplements, by seat, each preceded by its length, as `settle` takes them. */
  readonly supplements: Uint8Array;
  /** One per meter of the version: counts, or `MISSING_VALUE` (also where out of range). */
  readonly counts: Int32Array;
  readonly missing: number;
}

/** The transaction that an event names does not hold the values in its calldata. */
export class UploadNotRecoverableError extends Error {
  override readonly name = "UploadNotRecoverableError";
  constructor(
    readonly upload: UploadView,
    reason: string,
  ) {
    super(`slot ${upload.slot}, seat ${upload.seat}: the ${upload.kind} in ${upload.tx} ${reason}`);
  }
}

const calls = SlotLedger__factory.createInterface();

/** Brings the uploads of a slot together, from the calldata of the transactions that the events named. */
export async function fetchSlot(
  provider: Provider,
  store: Store,
  model: VersionModel,
  slot: number,
): Promise<SlotData> {
  const uploads = uploadsOfSlot(store, slot);
  const data = await Promise.all(uploads.map((upload) => recoverUpload(provider, upload)));
  const batches = new Map<number, Uint8Array>();
  const supplements = new Map<number, Uint8Array>();
  for (const [i, upload] of uploads.entries()) {
    (upload.kind === "upload" ? batches : supplements).set(upload.seat, data[i]!);
  }
  const bySeat = [...batches]
    .sort(([a], [b]) => a - b)
    .map(([seat, batch]) => ({ seat, batch, supplement: supplements.get(seat) }));
  const { counts, missing } = mergeUploads(bySeat, model.records);
  return {
    seats: new Set(batches.keys()),
    uploads: uploads.length,
    ...settlementValues(bySeat),
    counts,
    missing,
  };
}

/** The bytes of one upload, from the calldata of its transaction. */
export async function recoverUpload(provider: Provider, upload: UploadView): Promise<Uint8Array> {
  const transaction = await provider.getTransaction(upload.tx);
  if (transaction === null) throw new UploadNotRecoverableError(upload, "is not known to the node");
  const names = upload.kind === "upload" ? ["upload", "reveal"] : ["supplement"];
  const call = calls.parseTransaction({ data: transaction.data });
  if (call === null || !names.includes(call.name) || Number(call.args[0]) !== upload.slot) {
    throw new UploadNotRecoverableError(
      upload,
      "was not called directly, so that its values are not in the calldata",
    );
  }
  return getBytes(call.args[1] as string);
}

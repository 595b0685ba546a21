import { concat, getBytes, type Provider } from "ethers";
import { SlotLedger__factory } from "../../typechain-types/factories/measurement/SlotLedger__factory.js";
import { uploadsOfSlot, type UploadView } from "../store/ledgerView.js";
import type { Store } from "../store/openStore.js";
import { MISSING_VALUE } from "../grid/version/constants.js";
import {
  applySupplement,
  joinSupplements,
  unpackBatch,
  unpackSupplement,
} from "../measurement/packValues.js";
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

  const counts = new Int32Array(model.meters.length).fill(MISSING_VALUE);
  const ordered = [...batches.keys()].sort((a, b) => a - b);
  for (const seat of ordered) {
    const first = model.meters.findIndex((meter) => meter.seat === seat);
    const late = unpackSupplement(supplements.get(seat) ?? new Uint8Array());
    counts.set(applySupplement(unpackBatch(batches.get(seat)!), late), first);
  }
  let missing = 0;
  for (const [i, { rangeCounts }] of model.meters.entries()) {
    const value = counts[i]!;
    if (value < -rangeCounts || value >= rangeCounts) counts[i] = MISSING_VALUE;
    if (counts[i] === MISSING_VALUE) missing++;
  }
  return {
    seats: new Set(ordered),
    uploads: uploads.length,
    values: getBytes(concat(ordered.map((seat) => batches.get(seat)!))),
    supplements: joinSupplements(ordered.flatMap((seat) => supplements.get(seat) ?? [])),
    counts,
    missing,
  };
}

/** The bytes of one upload, from the calldata of its transaction. */
export async function recoverUpload(provider: Provider, upload: UploadView): Promise<Uint8Array> {
  const transaction = await provider.getTransaction(upload.tx);
  if (transaction === null) throw new UploadNotRecoverableError(upload, "is not known to the node");
  const name = upload.kind;
  const call = calls.parseTransaction({ data: transaction.data });
  if (call === null || call.name !== name || Number(call.args[0]) !== upload.slot) {
    throw new UploadNotRecoverableError(
      upload,
      "was not called directly, so that its values are not in the calldata",
    );
  }
  return getBytes(call.args[1] as string);
}

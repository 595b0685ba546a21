import { randomBytes } from "node:crypto";
import { MISSING_VALUE } from "../grid/version/constants.js";
import { commitment } from "../measurement/commitment.js";
import { packBatch, packSupplement, unpackBatch } from "../measurement/packValues.js";
import { type LedgerRules, rulesOfSlot } from "../measurement/slotRules.js";
import { slotTimes } from "../measurement/slotTimes.js";
import { liveSubmission, type Submission } from "../store/journal.js";
import { uploadsOfSlot, type UploadView } from "../store/ledgerView.js";
import { measurementsOfSlot } from "../store/measurements.js";
import { composeBatch, composeSupplement } from "./composeBatch.js";
import { recoverUpload } from "./fetchSlot.js";
import type { OperatorContext } from "./operatorContext.js";
import { sendCall } from "./sendCall.js";
import { metersOfSeat } from "./versionModel.js";

const SALT_BYTES = 32;

/**
 * Sends the batch of a slot once it has ended or is whole, or the commitment to it; later the supplement, or the batch.
 *
 * @param now Time of the chain.
 */
export async function uploadSlot(
  context: OperatorContext,
  slot: number,
  now: number,
  rules: LedgerRules,
): Promise<void> {
  const { store } = context.worker;
  const { slotSeconds, commitSlots } = rulesOfSlot(rules, slot);
  const { end, due } = slotTimes(rules, slot);
  const model = await context.version(await context.versionOf(slot));
  const own = metersOfSeat(model, context.seat);
  if (own.length === 0) return;
  const readings = measurementsOfSlot(store, slot);
  const last = due - (context.config.marginSeconds ?? slotSeconds / 2);
  const sent = liveSubmission(store, slot, "upload");
  const onChain = uploadsOfSlot(store, slot).filter(({ seat }) => seat === context.seat);
  const mine = onChain.find(({ kind }) => kind === "upload");
  const values = composeBatch(own, readings, model.powerUnitKw);

  if (sent === undefined && mine === undefined) {
    if (commitSlots > 0 && now >= due) return await reveal(context, slot);
    if (commitSlots > 0 && liveSubmission(store, slot, "commit") !== undefined) return;
    const complete = own.every((meter) => readings.has(meter.id));
    if (values.every((value) => value === MISSING_VALUE)) return;
    if (!complete && now < Math.min(end, last)) return;
    const batch = packBatch(values);
    if (commitSlots > 0) await commit(context, slot, batch);
    else await send(context, slot, "upload", batch);
    return;
  }
  if (commitSlots > 0 || mine === undefined || onChain.length > 1) return;
  if (liveSubmission(store, slot, "supplement") !== undefined) return;
  const entries = composeSupplement(unpackBatch(await uploaded(context, mine, sent)), values);
  const whole = values.every((value) => value !== MISSING_VALUE);
  if (entries.length === 0 || (!whole && now < last)) return;
  await send(context, slot, "supplement", packSupplement(entries));
}

/** Commits to a batch. Salt and batch are in the journal before the commitment is sent: without them it is worthless. */
async function commit(context: OperatorContext, slot: number, batch: Uint8Array): Promise<void> {
  const salt = randomBytes(SALT_BYTES);
  const data = context.ledger.interface.encodeFunctionData("commit", [
    slot,
    commitment(slot, context.seat, salt, batch),
  ]);
  const payload = Uint8Array.from([...salt, ...batch]);
  await sendCall(context, { slot, kind: "commit", to: context.config.contracts.ledger, data, payload });
}

/** Shows the batch that was committed to, if one was. */
async function reveal(context: OperatorContext, slot: number): Promise<void> {
  const committed = liveSubmission(context.worker.store, slot, "commit");
  if (committed === undefined) return;
  const salt = committed.payload.slice(0, SALT_BYTES);
  const payload = committed.payload.slice(SALT_BYTES);
  const data = context.ledger.interface.encodeFunctionData("reveal", [slot, payload, salt]);
  await sendCall(context, { slot, kind: "upload", to: context.config.contracts.ledger, data, payload });
}

/** The batch that is on the chain: as the journal has it or, if it was sent by other hands, as the chain has it. */
async function uploaded(
  { worker }: OperatorContext,
  upload: UploadView,
  sent: Submission | undefined,
): Promise<Uint8Array> {
  return sent?.hash === upload.tx ? sent.payload : await recoverUpload(worker.provider, upload);
}

async function send(
  context: OperatorContext,
  slot: number,
  kind: "upload" | "supplement",
  payload: Uint8Array,
): Promise<void> {
  const { interface: calls } = context.ledger;
  const data =
    kind === "upload"
      ? calls.encodeFunctionData("upload", [slot, payload])
      : calls.encodeFunctionData("supplement", [slot, payload]);
  await sendCall(context, { slot, kind, to: context.config.contracts.ledger, data, payload });
}

import { getBytes } from "ethers";
import type { Suspects } from "../../typechain-types/measurement/Suspects.js";
import { readSuspectCase } from "../chain/suspectCase.js";
import {
  CriticalMeterError,
  isLarger,
  nameSuspect,
  NoSuspectError,
  type SuspectClaim,
} from "../measurement/nameSuspect.js";
import { liveSubmission } from "../store/journal.js";
import { alarmedSlots, type SlotView } from "../store/ledgerView.js";
import type { Collaborators } from "./collaborators.js";
import { fetchSlot, UploadNotRecoverableError } from "./fetchSlot.js";
import type { Call } from "./submit.js";
import type { VersionModel } from "./versionModel.js";

/** What the worker gives to the follower. */
export interface AlarmContext {
  /** Unix seconds, the chain's. */
  readonly now: number;
  readonly account: string;
  readonly slotSecondsOf: (slot: number) => number;
  /** Seconds after the settlement from which this operator names suspects: operators do it one after another. */
  readonly delayOf: (slot: number) => number;
  readonly version: (version: number) => Promise<VersionModel>;
  /** @returns whether it was sent. */
  readonly send: (call: Call) => Promise<boolean>;
}

/** Slot lengths from a settlement to the end of the claims (`Suspects.WINDOW_SLOTS`). */
const WINDOW_SLOTS = 64;

/**
 * For each slot that was settled with an alarm: names the suspect, if the claim that stands is smaller or absent, and
 * concludes a claim of its own once the window is over.
 *
 * @param closed Slots that need nothing any more; those that come to it are added.
 */
export async function followAlarms(
  worker: Collaborators,
  suspects: Suspects,
  closed: Set<number>,
  context: AlarmContext,
): Promise<void> {
  for (const view of alarmedSlots(worker.store)) {
    if (closed.has(view.slot)) continue;
    if (await followOne(worker, suspects, view, context)) closed.add(view.slot);
  }
}

/** @returns whether there is nothing left to do. */
async function followOne(
  worker: Collaborators,
  suspects: Suspects,
  { slot, version }: SlotView,
  { now, account, slotSecondsOf, delayOf, version: modelOf, send }: AlarmContext,
): Promise<boolean> {
  const { store, logger, provider } = worker;
  const found = await readSuspectCase(suspects, slot);
  // J so close to τ that its rounding hides on which side it is.
  if (found === undefined) return true;
  const { until, objective, claim: standing } = found;
  const to = await suspects.getAddress();
  if (now >= until) {
    const mine = standing !== undefined && !standing.concluded && standing.claimant === account;
    if (!mine) return true;
    if (liveSubmission(store, slot, "conclude") !== undefined) return false;
    const data = suspects.interface.encodeFunctionData("conclude", [slot]);
    return !(await send({ slot, kind: "conclude", to, data, payload: getBytes(data) }));
  }
  if (now < until - WINDOW_SLOTS * slotSecondsOf(slot) + delayOf(slot)) return false;
  if (liveSubmission(store, slot, "suspect") !== undefined) return false;

  const model = await modelOf(version);
  let claim: SuspectClaim;
  let values, supplements;
  try {
    const data = await fetchSlot(provider, store, model, slot);
    ({ values, supplements } = data);
    claim = nameSuspect(model.records, model.estimator, data.counts);
  } catch (error) {
    const unable =
      error instanceof UploadNotRecoverableError ||
      error instanceof NoSuspectError ||
      error instanceof CriticalMeterError ||
      error instanceof RangeError;
    if (!unable) throw error;
    logger.error({ slot, reason: error.message }, "no suspect can be named");
    return true;
  }
  const meter = model.meters[claim.meter]!.id;
  const { normalisedResidual } = claim;
  if (standing !== undefined && !isLarger(claim.drop, standing.drop, objective)) {
    logger.info({ slot, meter, normalisedResidual, by: standing.claimant }, "the suspect is named already");
    return true;
  }
  const data = suspects.interface.encodeFunctionData("name", [
    slot,
    claim.meter,
    values,
    supplements,
    claim.angles,
  ]);
  const sent = await send({ slot, kind: "suspect", to, data, payload: getBytes(data) });
  if (sent) logger.info({ slot, meter, normalisedResidual }, "suspect named");
  return !sent;
}

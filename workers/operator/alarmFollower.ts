import { getBytes } from "ethers";
import { Suspects__factory } from "../../typechain-types/factories/measurement/Suspects__factory.js";
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
import { type LedgerRules, rulesOfSlot } from "../measurement/slotRules.js";
import { fetchSlot, UploadNotRecoverableError } from "./fetchSlot.js";
import type { OperatorContext } from "./operatorContext.js";
import { sendCall } from "./sendCall.js";

/** Slot lengths from a settlement to the end of the claims (`Suspects.WINDOW_SLOTS`). */
const WINDOW_SLOTS = 64;

/** Seconds of a slot's length, and those that this operator leaves to others: they name suspects one after another. */
interface SlotPace {
  readonly slotSeconds: number;
  readonly delay: number;
}

/** Follows the slots that were settled with an alarm. */
export class AlarmFollower {
  readonly #context: OperatorContext;
  /** Slots that need nothing any more. */
  readonly #closed = new Set<number>();
  #suspects: Suspects | undefined;

  constructor(context: OperatorContext) {
    this.#context = context;
  }

  /**
   * For each slot with an alarm: names the suspect, if the claim that stands is smaller or absent, and concludes a
   * claim of its own once the window is over.
   *
   * @param now Time of the chain.
   */
  async follow(now: number, rules: LedgerRules): Promise<void> {
    const { worker, ledger } = this.#context;
    const open = alarmedSlots(worker.store).filter(({ slot }) => !this.#closed.has(slot));
    if (open.length === 0) return;
    this.#suspects ??= Suspects__factory.connect(await ledger.suspects(), worker.provider);
    const stagger = await this.#context.staggerOf();
    for (const view of open) {
      const { slot } = view;
      const pace = { slotSeconds: rulesOfSlot(rules, slot).slotSeconds, delay: stagger(slot) };
      if (await followOne(this.#context, this.#suspects, view, now, pace)) this.#closed.add(slot);
    }
  }

  /** Looks at all again: the chain has lost blocks. */
  forget(): void {
    this.#closed.clear();
  }
}

/** @returns whether there is nothing left to do. */
async function followOne(
  context: OperatorContext,
  suspects: Suspects,
  { slot, version }: SlotView,
  now: number,
  { slotSeconds, delay }: SlotPace,
): Promise<boolean> {
  const { store, logger, provider, account } = context.worker;
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
    return !(await sendCall(context, { slot, kind: "conclude", to, data, payload: getBytes(data) }));
  }
  if (now < until - WINDOW_SLOTS * slotSeconds + delay) return false;
  if (liveSubmission(store, slot, "suspect") !== undefined) return false;

  const model = await context.version(version);
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
  const sent = await sendCall(context, { slot, kind: "suspect", to, data, payload: getBytes(data) });
  if (sent) logger.info({ slot, meter, normalisedResidual }, "suspect named");
  return !sent;
}

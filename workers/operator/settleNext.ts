import { packAngles } from "../measurement/packValues.js";
import { reportedTree } from "../measurement/reportedTree.js";
import { type LedgerRules, rulesOfSlot } from "../measurement/slotRules.js";
import { closingTimes } from "../measurement/slotTimes.js";
import { angleUnits } from "../measurement/versionEstimator.js";
import { liveSubmission } from "../store/journal.js";
import { quietSlot } from "./collectQuiet.js";
import { estimateSlot, type SlotEstimate } from "./estimateSlot.js";
import { fetchSlot, type SlotData, UploadNotRecoverableError } from "./fetchSlot.js";
import type { OperatorContext } from "./operatorContext.js";
import { sendSettlement } from "./sendSettlement.js";
import { settleTogether } from "./settleTogether.js";
import type { VersionModel } from "./versionModel.js";

/** A slot that is due, with all that settling it takes. */
interface DueSlot {
  readonly slot: number;
  readonly model: VersionModel;
  readonly data: SlotData;
  readonly rules: LedgerRules;
  /** Time of the chain. */
  readonly now: number;
}

/**
 * Settles the next slot, if its cut-off has passed and it is this operator's turn to try.
 *
 * @param now Time of the chain.
 * @returns whether a settlement was sent.
 */
export async function settleNext(
  context: OperatorContext,
  slot: number,
  now: number,
  rules: LedgerRules,
): Promise<boolean> {
  const { provider, store, logger } = context.worker;
  const stagger = await context.staggerOf();
  if (now < closingTimes(rules, slot).cutoff + stagger(slot)) return false;
  if (liveSubmission(store, slot, "settle") !== undefined) return false;

  const model = await context.version(await context.versionOf(slot));
  let data;
  try {
    data = await fetchSlot(provider, store, model, slot);
  } catch (error) {
    if (!(error instanceof UploadNotRecoverableError)) throw error;
    context.once(`settle ${slot}`, () =>
      logger.error({ slot, reason: error.message }, "slot cannot be settled"),
    );
    return false;
  }
  const due = { slot, model, data, rules, now };
  return data.missing > 0 ? await settleWithGaps(context, due) : await settleWhole(context, due);
}

/** All values are there: together with the slots after it, or with its certificate; without one it expires. */
async function settleWhole(context: OperatorContext, due: DueSlot): Promise<boolean> {
  const { slot, model, data, rules, now } = due;
  const estimate = estimateOf(context, due);
  const theta = estimate?.theta;
  if (estimate !== undefined && theta !== undefined) {
    const quiet = quietSlot(model, slot, data, estimate);
    if (quiet !== undefined && (await settleTogether(context, quiet, model, now, rules))) return true;
    const angles = fitted(context, slot, () => model.packAngles(data.counts, theta));
    if (angles !== undefined) {
      const { values, supplements } = data;
      const { interface: calls } = context.ledger;
      const settling = calls.encodeFunctionData("settle", [slot, values, supplements, angles]);
      if (await sendSettlement(context, slot, settling)) return true;
    }
  }
  return now >= closingTimes(rules, slot).expiry && (await close(context, due));
}

/** Values are missing: closed at once or, where their owners pay for it, settled by what was reported. */
async function settleWithGaps(context: OperatorContext, due: DueSlot): Promise<boolean> {
  const { slot, model, data, rules, now } = due;
  if (!rulesOfSlot(rules, slot).penaliseIncomplete) return await close(context, due);
  const estimate = estimateOf(context, due);
  const theta = estimate?.theta;
  // Without redundancy τ is 0, and the ledger takes no certificate.
  const certifiable = theta !== undefined && (estimate?.threshold ?? 0) > 0;
  const tree = certifiable ? reportedTree(model.records, data.counts) : undefined;
  const angles = certifiable
    ? fitted(context, slot, () => packAngles(angleUnits(model.records, theta)))
    : undefined;
  if (tree !== undefined && angles !== undefined) {
    const { values, supplements } = data;
    const { interface: calls } = context.ledger;
    const settling = calls.encodeFunctionData("settleIncomplete", [slot, values, supplements, angles, tree]);
    if (await sendSettlement(context, slot, settling)) return true;
  }
  return now >= closingTimes(rules, slot).incomplete && (await close(context, due));
}

async function close(context: OperatorContext, { slot, data }: DueSlot): Promise<boolean> {
  const { values, supplements } = data;
  const closing = context.ledger.interface.encodeFunctionData("closeIncomplete", [slot, values, supplements]);
  return await sendSettlement(context, slot, closing);
}

function estimateOf(
  context: OperatorContext,
  { slot, model, data, rules }: DueSlot,
): SlotEstimate | undefined {
  try {
    return estimateSlot(model, data, rulesOfSlot(rules, slot).normalQuantile);
  } catch (error) {
    // Left to others or, in the end, to the slot's expiry.
    const reason = String(error);
    context.once(`angles ${slot}`, () =>
      context.worker.logger.error({ slot, reason }, "slot cannot be estimated"),
    );
    return undefined;
  }
}

/** Angles that fit into the ledger's integers; false values may ask for others: such a slot waits for its expiry. */
function fitted(context: OperatorContext, slot: number, pack: () => Uint8Array): Uint8Array | undefined {
  try {
    return pack();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.once(`angles ${slot}`, () =>
      context.worker.logger.error({ slot, reason: error.message }, "slot cannot be settled"),
    );
    return undefined;
  }
}

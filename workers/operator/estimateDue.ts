import { isNodeDown } from "../chain/isNodeDown.js";
import { type LedgerRules, rulesOfSlot } from "../measurement/slotRules.js";
import { slotTimes } from "../measurement/slotTimes.js";
import { saveEstimate } from "../store/estimates.js";
import { isUnwritable } from "../store/isUnwritable.js";
import { noteEstimated, slotsToEstimate } from "../store/ledgerView.js";
import { transaction } from "../store/transaction.js";
import { estimateSlot } from "./estimateSlot.js";
import { fetchSlot } from "./fetchSlot.js";
import type { OperatorContext } from "./operatorContext.js";

const ESTIMATES_PER_TURN = 32;

/**
 * Estimates the slots whose uploads are all there, or whose cut-off has passed.
 *
 * @param now Time of the chain.
 * @returns whether some are left for the next turn.
 */
export async function estimateDue(
  context: OperatorContext,
  now: number,
  rules: LedgerRules,
): Promise<boolean> {
  const { provider, store, logger, tell } = context.worker;
  let room = ESTIMATES_PER_TURN;
  for (const { slot, version, uploads } of slotsToEstimate(store)) {
    const model = await context.version(version);
    const key = `estimate ${slot} ${uploads}`;
    if (context.hasSaid(key)) continue;
    const owners = new Set(model.meters.map((meter) => meter.seat));
    if (now < slotTimes(rules, slot).cutoff && uploads < owners.size) continue;
    if (room-- === 0) return true;
    try {
      const data = await fetchSlot(provider, store, model, slot);
      const { normalQuantile } = rulesOfSlot(rules, slot);
      const { theta: _theta, ...estimate } = estimateSlot(model, data, normalQuantile);
      transaction(store, () => {
        saveEstimate(store, { slot, version, at: Math.floor(now), ...estimate });
        noteEstimated(store, slot, data.uploads);
      });
      const { objective, threshold, missing } = estimate;
      const alarm = objective !== undefined && threshold !== undefined && objective > threshold;
      logger.info({ slot, missing, objective, threshold, alarm }, "slot estimated");
      tell({ what: "estimated", alarm });
    } catch (error) {
      // Neither says anything of the slot.
      if (isNodeDown(error) || isUnwritable(error)) throw error;
      context.once(key, () => logger.error({ slot, reason: String(error) }, "slot cannot be estimated"));
    }
  }
  return false;
}

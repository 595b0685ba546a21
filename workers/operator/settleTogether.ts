import { revertReason } from "../chain/revertReason.js";
import { fitSlots } from "../chain/settleMany.js";
import type { ManySlots, QuietSlot } from "../measurement/joinSlots.js";
import type { LedgerRules } from "../measurement/slotRules.js";
import { submissionsOfSlot } from "../store/journal.js";
import { collectQuiet } from "./collectQuiet.js";
import type { OperatorContext } from "./operatorContext.js";
import { sendSettlement } from "./sendSettlement.js";
import type { VersionModel } from "./versionModel.js";

/**
 * Settles a slot together with those after it, if there are any that are due and without alarm.
 *
 * @param now Time of the chain.
 * @returns whether a settlement was sent; else the slot is settled by itself.
 */
export async function settleTogether(
  context: OperatorContext,
  first: QuietSlot,
  model: VersionModel,
  now: number,
  rules: LedgerRules,
): Promise<boolean> {
  const { provider, store, logger, account } = context.worker;
  const { slot } = first;
  // What failed together is tried alone.
  if (submissionsOfSlot(store, slot).some(({ kind }) => kind === "settle")) return false;
  const slots = await collectQuiet(context, model, first, now, rules);
  if (slots.length < 2) return false;
  const encode = (call: ManySlots): string =>
    context.ledger.interface.encodeFunctionData("settleMany", [
      call.first,
      call.count,
      call.values,
      call.supplements,
      call.angles,
    ]);
  try {
    const call = await fitSlots(slots, async (one) =>
      provider.estimateGas({ from: account, to: context.config.contracts.ledger, data: encode(one) }),
    );
    if (call.count < 2) return false;
    logger.info({ slot, slots: call.count }, "settling slots together");
    return await sendSettlement(context, slot, encode(call));
  } catch (error) {
    const revert = revertReason(error);
    if (revert === undefined) throw error;
    logger.debug({ slot, revert: revert.message }, "slots cannot be settled together");
    return false;
  }
}

import { isCallException } from "ethers";
import { joinSlots, type ManySlots, type QuietSlot } from "../measurement/joinSlots.js";
import { MAX_TRANSACTION_GAS } from "./limits.js";
import { revertReason } from "./revertReason.js";

/**
 * Joins consecutive slots into one call of `settleMany`: as many as one transaction takes, by its bytes and by the gas
 * that the node estimates.
 *
 * @param slots At least one, all without alarm.
 * @param estimateGas What the node says of the call.
 * @throws what `estimateGas` throws: `revertReason` tells which slot the ledger refuses, and why.
 */
export async function fitSlots(
  slots: readonly QuietSlot[],
  estimateGas: (call: ManySlots) => Promise<bigint>,
): Promise<ManySlots> {
  let call = joinSlots(slots);
  for (;;) {
    const gas = await gasOf(call, estimateGas);
    if (gas <= MAX_TRANSACTION_GAS || call.count === 1) return call;
    const share = Number(MAX_TRANSACTION_GAS) / Number(gas);
    call = joinSlots(slots, Math.max(1, Math.min(call.count - 1, Math.floor(call.count * share))));
  }
}

/** A node that has no gas for the call says so in place of an estimate: then it is taken to ask for twice as much as there is. */
async function gasOf(call: ManySlots, estimateGas: (call: ManySlots) => Promise<bigint>): Promise<bigint> {
  try {
    return await estimateGas(call);
  } catch (error) {
    const refused = revertReason(error) !== undefined;
    if (refused || !isCallException(error) || call.count === 1) throw error;
    return 2n * MAX_TRANSACTION_GAS;
  }
}

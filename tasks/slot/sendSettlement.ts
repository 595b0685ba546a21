import type { ContractTransactionReceipt } from "ethers";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import type { SettlementCall } from "../../workers/measurement/settleSlot.js";
import type { SettlementValues } from "../../workers/measurement/slotUploads.js";
import { sent } from "../support/sent.js";

/** Sends what settles, or closes, a slot. */
export async function sendSettlement(
  { ledger }: Contracts,
  slot: number,
  settlement: SettlementValues & SettlementCall,
): Promise<ContractTransactionReceipt> {
  const { kind, values, supplements } = settlement;
  if (kind === "settle") return await sent(ledger.settle(slot, values, supplements, settlement.angles));
  if (kind === "closeIncomplete") return await sent(ledger.closeIncomplete(slot, values, supplements));
  const { angles, tree } = settlement;
  return await sent(ledger.settleIncomplete(slot, values, supplements, angles, tree));
}

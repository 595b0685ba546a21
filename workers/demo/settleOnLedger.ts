import type { ContractTransactionReceipt } from "ethers";
import type { SlotLedger } from "../../typechain-types/index.js";
import { included } from "../chain/included.js";
import { MAX_TRANSACTION_GAS } from "../chain/limits.js";
import { packBatch } from "../measurement/packValues.js";
import { packSlotAngles, type SlotAngles } from "../measurement/slotAngles.js";

/** What the ledger says of a slot that it settled. */
export interface LedgerSettlement {
  readonly gasUsed: bigint;
  /** J, τ and η; undefined for a slot that was closed incomplete. */
  readonly objective: number | undefined;
  readonly threshold: number | undefined;
  readonly overStatement: number | undefined;
}

/**
 * Settles a complete slot. The gas limit is the most that a chain takes, so that a refusal reaches the chain too.
 *
 * @param values By meter, counts.
 * @throws what ethers throws when the ledger refuses: `revertReason` reads it.
 */
export async function settleOnLedger(
  ledger: SlotLedger,
  slot: number,
  values: readonly number[],
  angles: SlotAngles,
): Promise<LedgerSettlement> {
  const sent = await ledger.settle(slot, packBatch(values), "0x", packSlotAngles(angles), {
    gasLimit: MAX_TRANSACTION_GAS,
  });
  const receipt = await included(sent);
  const { args } = eventOf(ledger, receipt, "SlotSettled");
  return {
    gasUsed: receipt.gasUsed,
    objective: Number(args.getValue("objectiveQ32")) / 2 ** 32,
    threshold: Number(args.getValue("thresholdQ32")) / 2 ** 32,
    overStatement: Number(args.getValue("overStatementQ64")) / 2 ** 64,
  };
}

/** Closes a slot in which values are missing. */
export async function closeSlot(
  ledger: SlotLedger,
  slot: number,
  values: readonly number[],
): Promise<LedgerSettlement> {
  const receipt = await included(
    await ledger.closeIncomplete(slot, packBatch(values), "0x", { gasLimit: MAX_TRANSACTION_GAS }),
  );
  eventOf(ledger, receipt, "SlotClosedIncomplete");
  return {
    gasUsed: receipt.gasUsed,
    objective: undefined,
    threshold: undefined,
    overStatement: undefined,
  };
}

function eventOf(ledger: SlotLedger, receipt: ContractTransactionReceipt, name: string) {
  for (const log of receipt.logs) {
    const event = ledger.interface.parseLog(log);
    if (event?.name === name) return event;
  }
  throw new Error(`settlement ${receipt.hash} emitted no ${name}`);
}

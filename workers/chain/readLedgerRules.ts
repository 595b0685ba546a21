import { type ISlotRules, SlotRules__factory } from "../../typechain-types/index.js";
import type { SlotLedger } from "../../typechain-types/measurement/SlotLedger.js";
import type { LedgerRules, SlotRules } from "../measurement/slotRules.js";

/**
 * Reads the rules of a ledger: the newest, and those before it.
 *
 * @param known What was read before: if nothing is newer, it is all there is.
 */
export async function readLedgerRules(ledger: SlotLedger, known?: LedgerRules): Promise<LedgerRules> {
  const contract = SlotRules__factory.connect(await ledger.slotRules(), ledger.runner);
  const newest = toRules(await contract.rules());
  if (known?.at(-1)?.firstSlot === newest.firstSlot) return known;
  const rules: [SlotRules, ...SlotRules[]] = [newest];
  while (rules[0].firstSlot !== 0) rules.unshift(toRules(await contract.rulesAt(rules[0].firstSlot - 1)));
  return rules;
}

function toRules(rules: ISlotRules.RulesStructOutput): SlotRules {
  return {
    firstSlot: Number(rules.firstSlot),
    start: Number(rules.start),
    slotSeconds: Number(rules.slotSeconds),
    cutoffSlots: Number(rules.cutOffSlots),
    expirySlots: Number(rules.expirySlots),
    commitSlots: Number(rules.commitSlots),
    normalQuantile: Number(rules.terms.normalQuantileQ32) / 2 ** 32,
    penaliseIncomplete: rules.terms.penaliseIncomplete,
  };
}

import type { Provider } from "ethers";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { readLedgerRules } from "../../workers/chain/readLedgerRules.js";
import { readSlot } from "../../workers/chain/readSlot.js";
import { type ChainVersion, readVersion } from "../../workers/chain/readVersion.js";
import { rulesOfSlot, type SlotRules } from "../../workers/measurement/slotRules.js";
import { type ClosingTimes, closingTimes } from "../../workers/measurement/slotTimes.js";
import type { SlotUploads } from "../../workers/measurement/slotUploads.js";
import { UserError } from "../support/userError.js";

/** A slot with the grid version that holds for it. */
export interface OpenedSlot extends ChainVersion, ClosingTimes {
  readonly uploads: SlotUploads;
  readonly rules: SlotRules;
}

/**
 * Reads a slot, its version and its times.
 * @throws ChainDataError; UserError if no grid version holds for the slot.
 */
export async function openSlot(contracts: Contracts, provider: Provider, slot: number): Promise<OpenedSlot> {
  const { ledger, registry } = contracts;
  if (!(slot >= 0 && slot < 2 ** 40)) throw new UserError(`expected the number of a slot, found ${slot}`);
  const [version, rules] = await Promise.all([ledger.versionOf(slot), readLedgerRules(ledger)]);
  if (version === 0n) throw new UserError(`no grid version was in force at the start of slot ${slot}`);
  const content = await readVersion(registry, provider, version);
  return {
    ...content,
    uploads: await readSlot(ledger, provider, slot, content.records),
    ...closingTimes(rules, slot),
    rules: rulesOfSlot(rules, slot),
  };
}

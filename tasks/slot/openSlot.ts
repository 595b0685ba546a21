import type { Provider } from "ethers";
import type { Contracts } from "../../workers/chain/connectContracts.js";
import { readSlot } from "../../workers/chain/readSlot.js";
import { type ChainVersion, readVersion } from "../../workers/chain/readVersion.js";
import type { SlotUploads } from "../../workers/measurement/slotUploads.js";
import { UserError } from "../support/userError.js";

/** A slot with the grid version that holds for it. */
export interface OpenedSlot extends ChainVersion {
  readonly uploads: SlotUploads;
  /** Unix seconds. */
  readonly start: number;
  readonly cutOff: number;
  readonly expiry: number;
  /** Of the false alarm rate that the members agreed on. */
  readonly normalQuantile: number;
}

/**
 * Reads a slot, its version and its times.
 * @throws ChainDataError; UserError if no grid version holds for the slot.
 */
export async function openSlot(contracts: Contracts, provider: Provider, slot: number): Promise<OpenedSlot> {
  const { ledger, registry } = contracts;
  if (slot < 0) throw new UserError(`expected the number of a slot, found ${slot}`);
  const [version, clock, terms] = await Promise.all([ledger.versionOf(slot), ledger.clock(), ledger.terms()]);
  if (version === 0n) throw new UserError(`no grid version was in force at the start of slot ${slot}`);
  const content = await readVersion(registry, provider, version);
  const seconds = Number(clock.slotSeconds);
  const start = Number(clock.genesis) + slot * seconds;
  const cutOff = start + (1 + Number(clock.cutOffSlots)) * seconds;
  return {
    ...content,
    uploads: await readSlot(ledger, provider, slot, content.records),
    start,
    cutOff,
    expiry: cutOff + Number(clock.expirySlots) * seconds,
    normalQuantile: Number(terms.normalQuantileQ32) / 2 ** 32,
  };
}

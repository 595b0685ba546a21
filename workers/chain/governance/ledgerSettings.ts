import { type ISlotRules, SlotRules__factory } from "../../../typechain-types/index.js";
import { normalQuantile } from "../../estimation/normalQuantile.js";
import type { Contracts } from "../connectContracts.js";
import { ChainDataError } from "../errors.js";
import type { Call } from "./types.js";
import { wholeSetting } from "./wholeSetting.js";

const MAX_CREDITS = 2n ** 64n - 1n;

/** Parameters of the slot ledger that are whole numbers, and the most that each can be. */
const clockFields = {
  slotSeconds: 0xffff_ffffn,
  cutOffSlots: 0xffffn,
  expirySlots: 0xffffn,
  commitSlots: 0xffn,
} as const;
const creditFields = {
  reward: MAX_CREDITS,
  missingPenalty: MAX_CREDITS,
  anomalyPenalty: MAX_CREDITS,
} as const;

/** Names that `ledgerSettings` takes. */
export const ledgerSettingNames: readonly string[] = [
  ...Object.keys(creditFields),
  "falseAlarmRate",
  ...Object.keys(clockFields),
  "penaliseIncomplete",
];

/** When the changed rules of the ledger are to hold. */
export interface FirstSlot {
  /** The first slot under them, if it is named. */
  readonly fromSlot: bigint | undefined;
  /** Else the first slot that starts at or after this time, unix seconds. */
  readonly notBefore: bigint;
}

/**
 * The call that changes the ledger's rules, with the newest ones for what is not named.
 *
 * @param settings By name; at least one of `ledgerSettingNames`.
 * @throws ChainDataError naming what is no value, or a slot that is not after the newest rules' first.
 */
export async function ledgerSettings(
  settings: ReadonlyMap<string, string>,
  { ledger }: Contracts,
  { fromSlot, notBefore }: FirstSlot,
): Promise<Call> {
  const address = await ledger.slotRules();
  const contract = SlotRules__factory.connect(address, ledger.runner);
  const rules = await contract.rules();
  const firstSlot = fromSlot ?? firstSlotAfter(rules, notBefore);
  if (firstSlot <= rules.firstSlot) {
    throw new ChainDataError(`slot ${firstSlot}: rules from slot ${rules.firstSlot} on are set already`);
  }
  const clock = {
    genesis: rules.start + (firstSlot - rules.firstSlot) * rules.slotSeconds,
    slotSeconds: rules.slotSeconds,
    cutOffSlots: rules.cutOffSlots,
    expirySlots: rules.expirySlots,
    commitSlots: rules.commitSlots,
  };
  const { reward, missingPenalty, anomalyPenalty, normalQuantileQ32, penaliseIncomplete } = rules.terms;
  const terms = { reward, missingPenalty, anomalyPenalty, normalQuantileQ32, penaliseIncomplete };
  for (const [name, value] of settings) {
    if (name in clockFields) {
      Object.assign(clock, {
        [name]: wholeSetting(name, value, clockFields[name as keyof typeof clockFields]),
      });
    } else if (name in creditFields) {
      Object.assign(terms, {
        [name]: wholeSetting(name, value, creditFields[name as keyof typeof creditFields]),
      });
    } else if (name === "falseAlarmRate") terms.normalQuantileQ32 = quantileQ32(value);
    else if (name === "penaliseIncomplete") terms.penaliseIncomplete = flag(name, value);
  }
  const data = contract.interface.encodeFunctionData("change", [firstSlot, clock, terms]);
  return { target: address, data };
}

/** The first slot that starts at or after a time, by the newest rules, and after their first. */
function firstSlotAfter(rules: ISlotRules.RulesStructOutput, time: bigint): bigint {
  const { firstSlot, start, slotSeconds } = rules;
  if (time <= start) return firstSlot + 1n;
  return firstSlot + (time - start + slotSeconds - 1n) / slotSeconds;
}

/** The normal quantile of a false alarm rate, times 2^32. */
function quantileQ32(text: string): bigint {
  const rate = Number(text);
  if (!(rate > 0 && rate <= 0.5)) {
    throw new ChainDataError(`falseAlarmRate: expected a rate above 0, at most 0.5, got ${text}`);
  }
  return BigInt(Math.round(normalQuantile(rate) * 2 ** 32));
}

function flag(name: string, text: string): boolean {
  if (text !== "true" && text !== "false")
    throw new ChainDataError(`${name}: expected true or false, got ${text}`);
  return text === "true";
}

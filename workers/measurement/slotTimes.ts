import { rulesOfSlot, type SlotRules } from "./slotRules.js";

/** What the times of a slot follow from. */
export type SlotClock = Pick<
  SlotRules,
  "firstSlot" | "start" | "slotSeconds" | "cutoffSlots" | "commitSlots"
>;

/** When things happen to a slot: unix seconds. */
export interface SlotTimes {
  readonly start: number;
  readonly end: number;
  /** Until when an operator's values must be there: uploaded, or committed to where that comes first. */
  readonly due: number;
  /** When it takes nothing more. */
  readonly cutoff: number;
}

/** As `SlotTimes`, and when a slot may be closed without a certificate. */
export interface ClosingTimes extends SlotTimes {
  /** If some value is missing. */
  readonly incomplete: number;
  /** If none is. */
  readonly expiry: number;
}

/** Most slots after the cut-off in which an incomplete slot waits for a certificate (`SlotLedger.sol`). */
const MAX_GRACE_SLOTS = 64;

/** The times of a slot until its cut-off. */
export function slotTimes(rules: readonly [SlotClock, ...SlotClock[]], slot: number): SlotTimes {
  const { firstSlot, start: first, slotSeconds, cutoffSlots, commitSlots } = rulesOfSlot(rules, slot);
  const start = first + (slot - firstSlot) * slotSeconds;
  const end = start + slotSeconds;
  const cutoff = end + cutoffSlots * slotSeconds;
  return { start, end, due: commitSlots === 0 ? cutoff : end + commitSlots * slotSeconds, cutoff };
}

/** All times of a slot. */
export function closingTimes(rules: readonly [SlotRules, ...SlotRules[]], slot: number): ClosingTimes {
  const { slotSeconds, expirySlots, penaliseIncomplete } = rulesOfSlot(rules, slot);
  const times = slotTimes(rules, slot);
  const grace = penaliseIncomplete ? Math.min(expirySlots, MAX_GRACE_SLOTS) : 0;
  return {
    ...times,
    incomplete: times.cutoff + grace * slotSeconds,
    expiry: times.cutoff + expirySlots * slotSeconds,
  };
}

/** The ledger's rules for the slots from one on, until there are newer ones. */
export interface SlotRules {
  readonly firstSlot: number;
  /** Start of that slot, unix seconds. */
  readonly start: number;
  readonly slotSeconds: number;
  /** Slots that a slot waits for late data after its end. */
  readonly cutoffSlots: number;
  /** Slots from the cut-off until a slot may be closed without a certificate. */
  readonly expirySlots: number;
  /** Slots from a slot's end until commitments end and values are shown; 0: values are uploaded at once. */
  readonly commitSlots: number;
  /** The normal quantile of the false alarm rate. */
  readonly normalQuantile: number;
  /** Whether an anomaly costs credits in a slot with missing values, too. */
  readonly penaliseIncomplete: boolean;
}

/** Oldest first; the first hold from slot 0 on. */
export type LedgerRules = readonly [SlotRules, ...SlotRules[]];

/** The rules that hold for a slot. */
export function rulesOfSlot<T extends Pick<SlotRules, "firstSlot">>(
  rules: readonly [T, ...T[]],
  slot: number,
): T {
  return rules.findLast(({ firstSlot }) => firstSlot <= slot) ?? rules[0];
}

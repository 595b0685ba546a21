import type { SlotRules } from "./slotRules.js";

/** How slots lie in time. */
export type SlotSchedule = Pick<SlotRules, "firstSlot" | "start" | "slotSeconds">;

/**
 * The slot that a time falls in, unix seconds; negative before slot 0.
 *
 * @param schedules Oldest first.
 */
export function slotAtTime(schedules: readonly [SlotSchedule, ...SlotSchedule[]], time: number): number {
  const { firstSlot, start, slotSeconds } = schedules.findLast((one) => one.start <= time) ?? schedules[0];
  return firstSlot + Math.floor((time - start) / slotSeconds);
}

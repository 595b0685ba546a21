import type { SlotEvent } from "./types.js";

/** In the order of the story. */
const story: readonly SlotEvent[] = ["silent", "falsified", "wrongEstimate"];
/** The last is left out first. */
const importance: readonly SlotEvent[] = ["falsified", "wrongEstimate", "silent"];

/** Which slot has which event. */
export interface Schedule {
  /** By slot; undefined where nothing goes wrong. */
  readonly bySlot: readonly (SlotEvent | undefined)[];
  readonly leftOut: readonly SlotEvent[];
}

/** Spreads the events evenly over the slots; with fewer slots than events the less important are left out. */
export function scheduleEvents(slots: number): Schedule {
  const kept = new Set(importance.slice(0, slots));
  const events = story.filter((event) => kept.has(event));
  const bySlot = Array.from({ length: slots }, (): SlotEvent | undefined => undefined);
  for (const [i, event] of events.entries()) bySlot[Math.floor(((i + 0.5) * slots) / events.length)] = event;
  return { bySlot, leftOut: story.filter((event) => !kept.has(event)) };
}

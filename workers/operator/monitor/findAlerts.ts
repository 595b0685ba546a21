import { lowBalance } from "../../alerts/lowBalance.js";
import type { Finding } from "../../alerts/types.js";
import type { AlertLimits, WorkerState } from "./types.js";

/** Looks in a row at a slot past its grace that nobody settles: a settlement under way takes a few. */
export const STUCK_LOOKS = 5;

/** What cannot be judged while nothing is known of slots. */
const OF_SLOTS: ReadonlySet<Finding["name"]> = new Set(["slotGap", "slotsUnsettled", "lowCredits"]);

/** Whether an alert that stands is to be taken to stand on, since it cannot be judged now. */
export function standsUnseen({ name }: Finding, { slots: known }: WorkerState): boolean {
  return known === undefined && OF_SLOTS.has(name);
}

/** All that is wrong with a worker whose node answers. */
export function findAlerts(state: WorkerState, limits: AlertLimits): Finding[] {
  return [
    slotGap(state),
    slotsUnsettled(state),
    validatorNotSealing(state),
    deepFork(state),
    lowBalance(state.balanceWei, state.transactionWei, limits.lowBalanceTransactions),
    lowCredits(state, limits),
    ...givenUp(state),
  ].filter((finding) => finding !== undefined);
}

function slotGap({ slots: known }: WorkerState): Finding | undefined {
  if (known?.gap === undefined) return undefined;
  const { first, last } = known.gap;
  return {
    name: "slotGap",
    message: `nothing was uploaded to ${slots(first, last)} before the cut-off`,
    values: { firstSlot: first, lastSlot: last, slots: last - first + 1 },
  };
}

function slotsUnsettled({ slots: known }: WorkerState): Finding | undefined {
  if (known === undefined || known.stuckLooks < STUCK_LOOKS) return undefined;
  const { next: nextSlot, due: slotsDue, graceOverSeconds } = known;
  return {
    name: "slotsUnsettled",
    message: `slot ${nextSlot} is not settled ${graceOverSeconds} s after its grace; ${slotsDue} slots are due`,
    values: { nextSlot, slotsDue, graceOverSeconds },
  };
}

function validatorNotSealing({ validator, height }: WorkerState): Finding | undefined {
  if (validator === undefined) return undefined;
  const { address, blocks, sealed, window } = validator;
  if (sealed > 0 || blocks < window) return undefined;
  return {
    name: "validatorNotSealing",
    subject: address,
    message: `${address} sealed none of the ${blocks} blocks up to ${height}`,
    values: { blocks, height },
  };
}

function deepFork({ fork, confirmationDepth }: WorkerState): Finding | undefined {
  if (fork === undefined) return undefined;
  return {
    name: "deepFork",
    message: `the chain took back ${fork.depth} blocks from ${fork.from} down, more than the confirmation depth of ${confirmationDepth}`,
    values: { depthBlocks: fork.depth, fromBlock: fork.from, confirmationDepth },
  };
}

function lowCredits(
  { credits, slots: known }: WorkerState,
  { lowCreditSlots }: AlertLimits,
): Finding | undefined {
  const missedSlotCredits = known?.missedCredits ?? 0n;
  const least = missedSlotCredits * BigInt(lowCreditSlots);
  if (credits > 0n && credits >= least) return undefined;
  return {
    name: "lowCredits",
    message: `${credits} credits are left; ${lowCreditSlots} slots without values cost ${least}`,
    values: { credits: String(credits), missedSlotCredits: String(missedSlotCredits) },
  };
}

function givenUp({ givenUp: works }: WorkerState): Finding[] {
  return works.map(({ slot, kind }) => ({
    name: "repeatedFailures",
    subject: `${kind} of slot ${slot}`,
    message: `the ${kind} of slot ${slot} failed again and again, and was given up`,
    values: { slot, kind },
  }));
}

function slots(first: number, last: number): string {
  return first === last ? `slot ${first}` : `slots ${first} to ${last}`;
}

import { anomalyPenaltyOf } from "../chain/anomalyPenalty.js";
import type { Founding } from "../chain/foundersFile.js";
import { normalQuantile } from "../estimation/normalQuantile.js";

/** The false alarm rate α of the demo: one honest slot in a hundred has J above τ by chance. */
export const falseAlarm = 0.01;

/** What the founders of the demo agree on: how a consortium is founded, but for who they are and when it begins. */
export interface DemoTerms extends Omit<Founding, "founders" | "clock"> {
  readonly clock: Omit<Founding["clock"], "genesis">;
}

const reward = 1_000n;
const missingPenalty = 89_000n;
const anomalyPenalty = 30_000n;

/** Seconds of a slot where the demo moves the chain's time, and where it has to wait for it. */
const PACES = {
  moved: { vetoSeconds: 60, clock: { slotSeconds: 60, cutOffSlots: 2, expirySlots: 10, commitSlots: 0 } },
  // A slot is settled three after its start; from then on one slot is left to upload the next in: two settlements and an
  // upload, each a few blocks.
  waited: { vetoSeconds: 2, clock: { slotSeconds: 10, cutOffSlots: 2, expirySlots: 1_000, commitSlots: 0 } },
} as const;

/** Whether a demo's chain has its time moved on, or goes by the clock. */
export type DemoPace = keyof typeof PACES;

/**
 * The terms of a demo among some operators: a missing value costs 89 times what a reported one earns, so that a meter
 * pays if it is offline less than once in 90 slots; the anomaly penalty A is the most that keeps withholding
 * unprofitable, `A ≤ (R + Q)/(n - 1)` (paper 003, Corollary 2), and at most 30,000.
 *
 * @param operators n, at least 2.
 */
export function demoTerms(operators: number, pace: DemoPace = "moved"): DemoTerms {
  return {
    deposit: 1_000_000_000n,
    ...PACES[pace],
    terms: {
      reward,
      missingPenalty,
      anomalyPenalty: anomalyPenaltyOf(anomalyPenalty, reward + missingPenalty, operators),
      normalQuantileQ32: BigInt(Math.round(normalQuantile(falseAlarm) * 2 ** 32)),
      penaliseIncomplete: false,
    },
    voting: {
      supermajorityNumerator: 2,
      supermajorityDenominator: 3,
      votingSeconds: 3_600,
      delaySeconds: 600,
      executionSeconds: 3_600,
      confirmationDepth: 0,
    },
  };
}

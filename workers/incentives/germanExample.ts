import type { CreditTerms } from "./types.js";

/** Operators that differ by the number of their meters alone, all of one quality (paper 003, Appendix C). */
export interface EvolutionExample {
  readonly operators: readonly { readonly name: string; readonly meters: number }[];
  readonly terms: Pick<CreditTerms, "reward" | "missingPenalty">;
  /** D: what each operator starts with, credits. */
  readonly deposit: bigint;
  /** ε of every meter. */
  readonly epsilon: number;
  /** Length of a slot, for times in days. */
  readonly slotSeconds: number;
}

/**
 * The example of Appendix C: the four transmission operators of Germany. The paper's text has lost its values; these
 * are ours, chosen to give what it says about them:
 *
 * - 33, 30, 28 and 9 % of 1,000 meters, by line length;
 * - R = 1,000 and Q = 99,000, so that registering pays below ε = R/(R+Q) = 1 %;
 * - ε = 0.1 %;
 * - D = 1.92·10¹¹, so that the smallest, which loses 192,000 credits a slot, has none left after 10⁶ slots, which is
 *   115 days at the paper's 10 seconds.
 */
export const germanExample: EvolutionExample = {
  operators: [
    { name: "TSO 1", meters: 330 },
    { name: "TSO 2", meters: 300 },
    { name: "TSO 3", meters: 280 },
    { name: "TSO 4", meters: 90 },
  ],
  terms: { reward: 1_000n, missingPenalty: 99_000n },
  deposit: 192_000_000_000n,
  epsilon: 0.001,
  slotSeconds: 10,
};

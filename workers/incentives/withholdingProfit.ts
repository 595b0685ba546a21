import type { CreditTerms } from "./types.js";

/** What an operator knows just before the cut-off, and what it then keeps from the chain (paper 003, Theorem 2). */
export interface Withholding {
  /** k: values of its own meters that it withholds. */
  readonly own: number;
  /** ℓ: values of others that it blocks. */
  readonly blocked: number;
  /** n, at least 2. */
  readonly operators: number;
  /** Whether every other value is there: else no anomaly is charged anyway. */
  readonly complete: boolean;
  /** What the alarm would cost it in a complete slot, credits; negative where it would gain; 0 without alarm. */
  readonly charge: number;
}

/**
 * What withholding changes in an operator's credits (paper 003, Theorem 2):
 * `-k(R+Q) + ℓ(R+Q)/(n-1) + a` with a the charge that it escapes by making the slot incomplete.
 */
export function withholdingProfit(
  terms: CreditTerms,
  { own, blocked, operators, complete, charge }: Withholding,
): number {
  const value = Number(terms.reward + terms.missingPenalty);
  const escaped = complete && own + blocked > 0 ? charge : 0;
  return -own * value + (blocked * value) / (operators - 1) + escaped;
}

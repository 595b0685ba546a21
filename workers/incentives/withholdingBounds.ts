import type { CreditTerms } from "./types.js";

/** The conditions of Corollaries 2 and 3 for a coalition of a size. Credits a slot. */
export interface WithholdingBounds {
  /** c: operators that act together and share what they gain. */
  readonly coalition: number;
  /**
   * Corollary 2: withholding one value of its own pays only if the charge that the coalition escapes is above this:
   * (R+Q)(n-c)/(n-1).
   */
  readonly withholdAbove: number;
  /** The most that an alarm can cost it: below A, whoever its members are. */
  readonly mostCharge: number;
  /** Whether withholding never pays for it. */
  readonly sharingAlwaysPays: boolean;
  /** Corollary 3: blocking ℓ values of others pays unless what the coalition gains by the alarm exceeds ℓ times this: c(R+Q)/(n-1). */
  readonly blockingPerValue: number;
}

/**
 * When withholding and blocking pay, for coalitions of 1 to n - 1 operators (paper 003, Corollaries 2 and 3).
 *
 * Who withholds a value loses R+Q, of which each other operator gains (R+Q)/(n-1): the c - 1 other members win that
 * part back for the coalition. Blocking a value of someone outside brings each member (R+Q)/(n-1).
 */
export function withholdingBounds(terms: CreditTerms, operators: number): WithholdingBounds[] {
  const value = Number(terms.reward + terms.missingPenalty);
  const mostCharge = Number(terms.anomalyPenalty);
  return Array.from({ length: Math.max(operators - 1, 0) }, (_, i) => {
    const coalition = i + 1;
    const withholdAbove = (value * (operators - coalition)) / (operators - 1);
    return {
      coalition,
      withholdAbove,
      mostCharge,
      sharingAlwaysPays: mostCharge <= withholdAbove,
      blockingPerValue: (coalition * value) / (operators - 1),
    };
  });
}

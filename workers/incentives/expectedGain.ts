import type { CreditTerms, GainTerms } from "./types.js";

/** What an operator's expected gain depends on. */
export interface GainInput {
  /** For each operator, by seat, and each of its meters, the probability ε that the meter is offline in a slot. */
  readonly offline: readonly (readonly number[])[];
  readonly terms: CreditTerms;
  /** α: the probability of J > τ in a complete slot of honest values. */
  readonly falseAlarm: number;
  /** By seat: the part of Σwr² that is expected at its meters less |M_o|/|M|, as `anomalyShare` gives it. */
  readonly excess: readonly number[];
}

/**
 * The expected change of each operator's credits in a slot, term by term (paper 003, Appendix D, equation (4)):
 *
 *     Σ_own R(1-ε) - Σ_own Qε - Σ_other R(1-ε)/(n-1) + Σ_other Qε/(n-1) - α Π(1-ε) A (E[S_o/S] - |M_o|/|M|)
 *
 * Π(1-ε), over all meters, is the probability that nothing is missing: else there is no anomaly charge. Balances are
 * taken to be far from zero, where nothing is clamped, and meters to fail independently. The operators' gains sum to
 * zero. With one operator nothing moves.
 *
 * @returns By seat, in credits.
 */
export function expectedGain({ offline, terms, falseAlarm, excess }: GainInput): GainTerms[] {
  const reward = Number(terms.reward);
  const penalty = Number(terms.missingPenalty);
  const others = offline.length - 1;
  const rewards = offline.map((meters) => meters.reduce((sum, epsilon) => sum + reward * (1 - epsilon), 0));
  const missing = offline.map((meters) => meters.reduce((sum, epsilon) => sum + penalty * epsilon, 0));
  const allRewards = rewards.reduce((sum, x) => sum + x, 0);
  const allMissing = missing.reduce((sum, x) => sum + x, 0);
  const complete = offline.flat().reduce((product, epsilon) => product * (1 - epsilon), 1);
  const alarm = falseAlarm * complete * Number(terms.anomalyPenalty);
  return offline.map((_, seat) => {
    if (others === 0)
      return { ownRewards: 0, ownMissing: 0, otherRewards: 0, otherMissing: 0, anomaly: 0, total: 0 };
    const ownRewards = rewards[seat]!;
    const ownMissing = -missing[seat]!;
    const otherRewards = -(allRewards - ownRewards) / others;
    const otherMissing = (allMissing + ownMissing) / others;
    const anomaly = -alarm * (excess[seat] ?? 0);
    const total = ownRewards + ownMissing + otherRewards + otherMissing + anomaly;
    return { ownRewards, ownMissing, otherRewards, otherMissing, anomaly, total };
  });
}

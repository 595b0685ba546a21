import type { EvolutionExample } from "./germanExample.js";

/** Mean and variance of the change of an operator's credits in a slot. */
export interface ClassGain {
  readonly mean: number;
  readonly variance: number;
}

/**
 * The expected change of credits of operators whose meters are alike but for ε, and its variance (paper 003,
 * Appendices C and D). A meter brings R with probability 1 - ε and costs Q otherwise: mean `e = R - (R+Q)ε`, variance
 * `v = (R+Q)²ε(1-ε)`; its owner has it whole, every other operator minus 1/(n-1) of it. Meters of one quality bear an
 * alarm in proportion to their number, so that there is no anomaly term.
 *
 * @param epsilons ε of each operator's meters, by operator; n is at least 2.
 * @param meters of each operator; those of the example if left out.
 */
export function classGain(
  { operators, terms }: Pick<EvolutionExample, "operators" | "terms">,
  epsilons: readonly number[],
  meters: readonly number[] = operators.map((operator) => operator.meters),
): ClassGain[] {
  const reward = Number(terms.reward);
  const both = reward + Number(terms.missingPenalty);
  const others = operators.length - 1;
  const means = meters.map((count, i) => count * (reward - both * epsilons[i]!));
  const variances = meters.map((count, i) => count * both ** 2 * epsilons[i]! * (1 - epsilons[i]!));
  const allMeans = means.reduce((sum, x) => sum + x, 0);
  const allVariances = variances.reduce((sum, x) => sum + x, 0);
  return operators.map((_, i) => ({
    mean: means[i]! - (allMeans - means[i]!) / others,
    variance: variances[i]! + (allVariances - variances[i]!) / others ** 2,
  }));
}

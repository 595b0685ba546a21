/**
 * The anomaly penalty A that is wished for, or the most that keeps withholding unprofitable, (R + Q)/(n - 1) (paper 003,
 * Corollary 2), if that is less.
 *
 * @param values R + Q: what a reported value earns and a missing one costs.
 * @param operators n; alone, one has nobody to share penalties with.
 */
export function anomalyPenaltyOf(wished: bigint, values: bigint, operators: number): bigint {
  if (operators < 2) return wished;
  const most = values / BigInt(operators - 1);
  return most < wished ? most : wished;
}

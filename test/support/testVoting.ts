/** Two thirds, an hour to vote, ten minutes' delay, a day to execute. */
export const testVoting = {
  supermajorityNumerator: 2,
  supermajorityDenominator: 3,
  votingSeconds: 3_600,
  delaySeconds: 600,
  executionSeconds: 86_400,
  confirmationDepth: 3,
};

/** What a coalition of signers can do under Clique. */
export interface CliqueRun {
  /** The most blocks in a row that only its members seal; undefined where there is no bound. */
  readonly blocks: number | undefined;
  /** Whether the chain stands still without it: the other signers alone cannot go on. */
  readonly stalls: boolean;
}

/**
 * Blocks that a coalition can keep the values of others out of, under Clique (EIP-225; paper 003, Appendix E).
 *
 * A signer seals at most one of any ⌊N/2⌋+1 blocks in a row. So c ≤ ⌊N/2⌋ signers seal at most c in a row on any
 * branch, however the chain is reorganised, and the block after is an honest one; ⌊N/2⌋+1 signers can go on for ever
 * by themselves. The others go on alone only if ⌊N/2⌋+1 of them are there: with fewer the coalition can stand still
 * and come back at the cut-off, so that a bound in blocks is none in time.
 *
 * @param signers N.
 * @param coalition c, at most N.
 * @param offline Honest signers that are not there.
 */
export function cliqueRun(signers: number, coalition: number, offline = 0): CliqueRun {
  const limit = Math.floor(signers / 2) + 1;
  return {
    blocks: coalition < limit ? coalition : undefined,
    stalls: signers - coalition - offline < limit,
  };
}

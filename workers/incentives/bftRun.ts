/** What a coalition of validators can do under a BFT protocol whose leader changes with every block. */
export interface BftRun {
  /** The most blocks in a row that only its members propose; undefined where there is no bound. */
  readonly blocks: number | undefined;
}

/**
 * Blocks that a coalition can keep the values of others out of, under a BFT protocol that takes leaders in turn
 * (QBFT, Tendermint, HotStuff; paper 003, Appendix E).
 *
 * A block needs the votes of ⌈2N/3⌉ validators. With c < N/3 and as many honest ones there, the honest alone decide:
 * the coalition cannot refuse their blocks for good, and only delays by what its own turns allow: c blocks, its
 * members being at worst next to one another. From N/3 on, or once so many honest ones are offline that a quorum
 * needs the coalition, it refuses every block but its own (the paper's first attack), without bound. A leader that
 * stays (PBFT) can leave values out until others vote it down (the paper's second attack).
 *
 * @param validators N.
 * @param coalition c, at most N.
 * @param offline Honest validators that are not there.
 */
export function bftRun(validators: number, coalition: number, offline = 0): BftRun {
  const quorum = Math.ceil((2 * validators) / 3);
  const bounded = 3 * coalition < validators && validators - coalition - offline >= quorum;
  return { blocks: bounded ? coalition : undefined };
}

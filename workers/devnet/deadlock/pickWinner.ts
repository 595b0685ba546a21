import type { ChainHead } from "./types.js";

/**
 * The head that all nodes should come to: of the highest total difficulty, then of the lowest number, then of the lowest
 * hash. The first two are geth's own rule, so that nodes hold to it; the third makes all who look choose the same.
 */
export function pickWinner<T extends { readonly head: ChainHead }>(nodes: readonly T[]): T {
  return nodes.reduce((best, one) => (isBetter(one.head, best.head) ? one : best));
}

function isBetter(one: ChainHead, other: ChainHead): boolean {
  if (one.totalDifficulty !== other.totalDifficulty) return one.totalDifficulty > other.totalDifficulty;
  if (one.height !== other.height) return one.height < other.height;
  return BigInt(one.hash) < BigInt(other.hash);
}

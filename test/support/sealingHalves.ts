import type { Network } from "../../workers/devnet/types.js";

/**
 * The halves into which a Clique network of four must be cut right after an even block to be left deadlocked. Sealers take
 * turns in the order of their addresses: s₀ s₁ s₂ s₃, sealer s of block h with h ≡ s (mod 4) weighs 2, another 1, and each must
 * let two blocks pass. After block h ≡ 0, sealed by s₀ after s₃: s₁ seals one block of weight 2 and has nobody to follow
 * it; s₂ and s₃ seal two of weight 1. The same with h ≡ 2, the halves exchanged. Cut otherwise, one side is heavier, and
 * the other follows it.
 */
export function sealingHalves({ validators }: Network): readonly [number[], number[]] {
  const inTurn = validators.toSorted((one, other) => (BigInt(one.address) < BigInt(other.address) ? -1 : 1));
  const numbers = inTurn.map(({ number }) => number);
  return [numbers.slice(0, 2), numbers.slice(2)];
}

import { seededRandom } from "../grid/seededRandom.js";
import type { EvolutionExample } from "./germanExample.js";
import { sampleFailures } from "./sampleFailures.js";
import { slotCredits } from "./slotCredits.js";

/** Credits of all operators at the end of a slot. */
export interface EvolutionPoint {
  readonly slot: number;
  /** By operator. */
  readonly credits: readonly bigint[];
}

/** What came of a simulated evolution. */
export interface Evolution {
  /** The start, points in between, and the end. */
  readonly points: readonly EvolutionPoint[];
  /** Slots that were played. */
  readonly slots: number;
  /** Who ran out of credits at the end, if anyone. */
  readonly expelled: number | undefined;
}

/** How an evolution is played. */
export interface EvolutionOptions {
  readonly example: EvolutionExample;
  /** ε of each operator's meters. */
  readonly epsilons: readonly number[];
  /** Ends after this many slots, or when someone has no credits left. */
  readonly mostSlots: number;
  /** Slots between points that are kept. */
  readonly every: number;
  readonly seed: number;
  /** Told at every point; at the last one `of` is its slot. */
  readonly onProgress?: (slot: number, of: number) => void;
}

/**
 * Plays slots of Appendix C by the rules of the contracts (`slotCredits`), with meters that fail at random and no
 * alarms, until someone has no credits left.
 */
export function simulateEvolution({
  example,
  epsilons,
  mostSlots,
  every,
  seed,
  onProgress,
}: EvolutionOptions): Evolution {
  const { operators, terms, deposit } = example;
  const meters = operators.map((operator) => operator.meters);
  const active = operators.map(() => true);
  const failures = operators.map((operator, i) =>
    sampleFailures(operator.meters, epsilons[i]!, seededRandom(seed, i)),
  );
  const chance = seededRandom(seed, operators.length);
  let credits: readonly bigint[] = operators.map(() => deposit);
  const points: EvolutionPoint[] = [{ slot: 0, credits }];
  for (let slot = 1; slot <= mostSlots; slot++) {
    const reported = failures.map((next, i) => meters[i]! - next());
    const after = slotCredits(
      { credits, active, meters, reported, shares: undefined },
      { ...terms, anomalyPenalty: 0n },
    );
    credits = after[Math.floor(chance() * after.length)]!;
    const expelled = credits.indexOf(0n);
    if (slot % every === 0 || slot === mostSlots || expelled !== -1) {
      points.push({ slot, credits });
      onProgress?.(slot, expelled === -1 ? mostSlots : slot);
    }
    if (expelled !== -1) return { points, slots: slot, expelled };
  }
  return { points, slots: mostSlots, expelled: undefined };
}

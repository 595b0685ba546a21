import { NotObservableError } from "../estimation/errors.js";
import { seededRandom } from "../grid/seededRandom.js";
import { shuffle } from "./shuffle.js";
import type { DemoGrid } from "./types.js";

const MOST_TRIED = 40;

/**
 * Picks an operator and two of its meters that stay silent: if possible such that the others still observe the grid.
 * One meter if no operator has two.
 *
 * @returns The numbers of the meters, ascending.
 */
export function pickSilentMeters(demoGrid: DemoGrid, seed: number): number[] {
  const { estimator, records } = demoGrid;
  const random = seededRandom(seed, 1_000_002);
  const first = records.metersBySeat.map((_, seat) =>
    records.metersBySeat.slice(0, seat).reduce((sum, count) => sum + count, 0),
  );
  const several = records.metersBySeat.some((count) => count >= 2);
  const seats = shuffle(records.metersBySeat.length, random).filter(
    (seat) => records.metersBySeat[seat]! >= (several ? 2 : 1),
  );
  let fallback: number[] | undefined;
  for (let tried = 0; tried < MOST_TRIED; tried++) {
    const seat = seats[tried % seats.length]!;
    const silent = shuffle(records.metersBySeat[seat]!, random)
      .slice(0, 2)
      .map((position) => first[seat]! + position)
      .sort((a, b) => a - b);
    fallback ??= silent;
    const inUse = new Uint8Array(estimator.model.h.rows).fill(1);
    for (const meter of silent) inUse[meter] = 0;
    try {
      estimator.refactor(estimator.model.weight, inUse);
      return silent;
    } catch (error) {
      if (!(error instanceof NotObservableError)) throw error;
    } finally {
      estimator.refactor();
    }
  }
  return fallback ?? [];
}

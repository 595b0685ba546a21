import { GridModelError } from "./errors.js";
import { improvePartition } from "./improvePartition.js";
import { partitionGraph } from "./partitionGraph.js";
import { growParts } from "./growParts.js";
import { seededRandom } from "./seededRandom.js";
import type { Grid } from "./types.js";

/** Which operator each bus of a grid belongs to. */
export interface Partition {
  /** The operators' names. */
  readonly names: readonly string[];
  /** Position in `names`, one per bus in grid order. */
  readonly partOfBus: Int32Array;
  /** Numbers of the lines between two operators. */
  readonly tieLines: readonly number[];
  /**
   * Whether the largest part has at most a quarter of the mean size more buses than the smallest, or one bus where a
   * quarter is less. False only where no such partition into connected parts was found, as in a star.
   */
  readonly balanced: boolean;
  /** Names of the operators with buses in several islands: connected within each, not as a whole. */
  readonly inSeveralIslands: readonly string[];
}

/** Attempts: a few for the fewest tie lines, more while none is balanced. */
const attempts = { balanced: 4, unbalanced: 60 } as const;

/**
 * Divides the buses of a grid among operators: each part connected, sizes within a quarter of each other, few tie
 * lines. The same grid and names give the same partition.
 *
 * Parts grow from buses far apart, the smallest first; then buses change sides under simulated annealing (Kirkpatrick
 * et al. 1983) on tie lines plus imbalance, with moves that keep every part connected; the best of several attempts
 * is kept. Islands are joined at their reference buses, so that a part has at most one piece in each.
 *
 * @throws GridModelError when there are no operators, more than buses, or two of one name.
 */
export function partition(grid: Grid, names: readonly string[]): Partition {
  const parts = names.length;
  if (parts === 0) throw new GridModelError(`${grid.name}: expected at least one operator, found none`);
  if (new Set(names).size < parts)
    throw new GridModelError(
      `${grid.name}: expected operators of different names, found ${names.join(", ")}`,
    );
  if (parts > grid.buses.length) {
    const buses = `${grid.buses.length} buses in service`;
    throw new GridModelError(
      `${grid.name}: expected at most one operator per bus, found ${parts} for ${buses}`,
    );
  }
  const graph = partitionGraph(grid);
  const spread = Math.max(1, Math.floor((0.25 * grid.buses.length) / parts));
  let best: { readonly partOfBus: Int32Array; readonly spread: number; readonly ties: number } | undefined;
  for (let attempt = 0; attempt < attempts.unbalanced; attempt++) {
    if (attempt >= attempts.balanced && best !== undefined && best.spread <= spread) break;
    const random = seededRandom(attempt);
    const partOfBus = growParts(graph, parts, random);
    improvePartition(graph, partOfBus, parts, spread, random);
    const found = { partOfBus, spread: spreadOf(partOfBus, parts), ties: tieLinesOf(grid, partOfBus).length };
    const [excess, bestExcess] = [found, best].map((one) => Math.max((one?.spread ?? Infinity) - spread, 0));
    if (best === undefined || excess! < bestExcess! || (excess === bestExcess && found.ties < best.ties))
      best = found;
    if (parts === 1) break;
  }
  if (best === undefined) throw new GridModelError(`${grid.name}: no partition was found`);

  const { partOfBus } = best;
  const firstIsland = new Map<number, number>();
  const several = new Set<string>();
  for (const [index, { island }] of grid.buses.entries()) {
    const part = partOfBus[index]!;
    if ((firstIsland.get(part) ?? island) !== island) several.add(names[part]!);
    firstIsland.set(part, island);
  }
  return {
    names,
    partOfBus,
    tieLines: tieLinesOf(grid, partOfBus),
    balanced: best.spread <= spread,
    inSeveralIslands: names.filter((name) => several.has(name)),
  };
}

function tieLinesOf(grid: Grid, partOfBus: Int32Array): number[] {
  return grid.lines.filter(({ from, to }) => partOfBus[from] !== partOfBus[to]).map(({ number }) => number);
}

function spreadOf(partOfBus: Int32Array, parts: number): number {
  const size = new Int32Array(parts);
  for (const part of partOfBus) size[part]!++;
  return Math.max(...size) - Math.min(...size);
}

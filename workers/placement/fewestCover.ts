import { createRequire } from "node:module";
import type { Highs } from "highs";
import { PlacementError } from "./errors.js";

// Its types describe the module's default export, which TypeScript takes for that of a CommonJS package.
const loadHighs = createRequire(import.meta.url)("highs") as () => Promise<Highs>;

/** What a solver has to say about a set cover. */
export interface Cover {
  /** Numbers of the chosen sets, ascending. */
  readonly chosen: readonly number[];
  /** No fewer sets can do it. */
  readonly lowerBound: number;
  readonly exact: boolean;
}

/** Seconds that the solver may take. */
const MOST_SECONDS = 60;

/**
 * The fewest sets that together hold every element, by integer programming (HiGHS). Of several equally small covers
 * one with low numbers is preferred.
 *
 * @param sets The elements of each set: numbers from 0.
 * @param elements How many elements there are.
 * @param mostSeconds After these a greedy cover is taken, and the bound is the elements of which no two lie in one set.
 * @throws PlacementError for an element that no set holds.
 */
export async function fewestCover(
  sets: readonly (readonly number[])[],
  elements: number,
  mostSeconds = MOST_SECONDS,
): Promise<Cover> {
  if (elements === 0) return { chosen: [], lowerBound: 0, exact: true };
  const kept = distinct(sets);
  const holders = Array.from({ length: elements }, (): number[] => []);
  for (const set of kept) for (const element of sets[set]!) holders[element]!.push(set);
  const orphan = holders.findIndex((list) => list.length === 0);
  if (orphan !== -1) throw new PlacementError(`no candidate covers element ${orphan}`);

  // The preference for low numbers stays below one set in all.
  const price = (set: number): string => (1 + set / (2 * sets.length * elements)).toFixed(9);
  const text = [
    "Minimize",
    ` cost: ${kept.map((set) => `${price(set)} s${set}`).join(" + ")}`,
    "Subject To",
    ...holders.map((list, element) => ` e${element}: ${list.map((set) => `s${set}`).join(" + ")} >= 1`),
    "Binary",
    ` ${kept.map((set) => `s${set}`).join(" ")}`,
    "End",
  ].join("\n");
  const highs = await loadHighs();
  const { Status, Columns } = highs.solve(text, { output_flag: false, time_limit: mostSeconds });
  const chosen = kept.filter((set) => isChosen(Columns[`s${set}`]));
  if (Status === "Optimal") return { chosen, lowerBound: chosen.length, exact: true };
  return {
    chosen: greedyCover(sets, kept, elements),
    lowerBound: independentElements(holders),
    exact: false,
  };
}

/** Of sets that hold the same elements the first; none that is empty. */
function distinct(sets: readonly (readonly number[])[]): number[] {
  const seen = new Set<string>();
  const kept: number[] = [];
  sets.forEach((set, number) => {
    const key = set.join();
    if (set.length === 0 || seen.has(key)) return;
    seen.add(key);
    kept.push(number);
  });
  return kept;
}

/** The largest set of what is left, again and again. */
function greedyCover(
  sets: readonly (readonly number[])[],
  kept: readonly number[],
  elements: number,
): number[] {
  const open = new Set(Array.from({ length: elements }, (_, element) => element));
  const chosen: number[] = [];
  while (open.size > 0) {
    const gain = (set: number): number => sets[set]!.filter((element) => open.has(element)).length;
    const best = kept.reduce((most, set) => (gain(set) > gain(most) ? set : most), kept[0]!);
    for (const element of sets[best]!) open.delete(element);
    chosen.push(best);
  }
  return chosen.sort((a, b) => a - b);
}

/** Elements of which no two lie in one set: each needs a set of its own. */
function independentElements(holders: readonly (readonly number[])[]): number {
  const used = new Set<number>();
  let count = 0;
  for (const list of [...holders].sort((a, b) => a.length - b.length)) {
    if (list.some((set) => used.has(set))) continue;
    for (const set of list) used.add(set);
    count++;
  }
  return count;
}

function isChosen(column: object | undefined): boolean {
  return column !== undefined && "Primal" in column && Number(column.Primal) > 0.5;
}

import type { Grid } from "./types.js";

/** The buses of a grid as a connected graph, by position: neighbours of bus i at `start[i] .. start[i + 1] - 1`. */
export interface PartitionGraph {
  readonly buses: number;
  readonly start: Int32Array;
  readonly neighbour: Int32Array;
  /** How many lines run to that neighbour; 0 for the edges that only join islands. */
  readonly lines: Int32Array;
}

/** Merges parallel lines, and joins the islands by an edge without lines from each reference bus to the first. */
export function partitionGraph(grid: Grid): PartitionGraph {
  const count = grid.buses.map((): Map<number, number> => new Map());
  const join = (a: number, b: number, lines: number): void => {
    count[a]!.set(b, (count[a]!.get(b) ?? 0) + lines);
    count[b]!.set(a, (count[b]!.get(a) ?? 0) + lines);
  };
  for (const { from, to } of grid.lines) join(from, to, 1);
  const references = [...grid.buses.keys()].filter((index) => grid.buses[index]!.reference);
  for (const other of references.slice(1)) join(references[0]!, other, 0);

  const start = new Int32Array(grid.buses.length + 1);
  for (const [index, neighbours] of count.entries()) start[index + 1] = start[index]! + neighbours.size;
  return {
    buses: grid.buses.length,
    start,
    neighbour: Int32Array.from(count.flatMap((neighbours) => [...neighbours.keys()])),
    lines: Int32Array.from(count.flatMap((neighbours) => [...neighbours.values()])),
  };
}

import type { PartitionGraph } from "./partitionGraph.js";

/**
 * A first division into connected parts: seeds far apart in hops, then the smallest part that can takes the free
 * neighbour bus with most lines into it, until all buses are taken.
 *
 * @param random Chooses where the spreading of seeds begins.
 * @returns The part of each bus.
 */
export function growParts(graph: PartitionGraph, parts: number, random: () => number): Int32Array {
  const partOfBus = new Int32Array(graph.buses).fill(-1);
  const size = new Int32Array(parts);
  // Lines from each part into each free bus at its border.
  const border = Array.from({ length: parts }, (): Map<number, number> => new Map());
  const take = (bus: number, part: number): void => {
    partOfBus[bus] = part;
    size[part]!++;
    for (const reach of border) reach.delete(bus);
    for (let p = graph.start[bus]!; p < graph.start[bus + 1]!; p++) {
      const next = graph.neighbour[p]!;
      if (partOfBus[next] !== -1) continue;
      border[part]!.set(next, (border[part]!.get(next) ?? 0) + graph.lines[p]!);
    }
  };
  for (const [part, seed] of spreadSeeds(graph, parts, random).entries()) take(seed, part);
  for (;;) {
    let smallest = -1;
    for (let part = 0; part < parts; part++) {
      if (border[part]!.size > 0 && (smallest === -1 || size[part]! < size[smallest]!)) smallest = part;
    }
    if (smallest === -1) return partOfBus;
    let chosen = -1;
    let most = -1;
    for (const [bus, lines] of border[smallest]!) {
      if (lines > most) [chosen, most] = [bus, lines];
    }
    take(chosen, smallest);
  }
}

/** Buses each as far as possible from those before; the first is far from a random one. */
function spreadSeeds(graph: PartitionGraph, parts: number, random: () => number): number[] {
  const distance = new Int32Array(graph.buses).fill(graph.buses);
  const lower = (from: number): void => {
    const queue = [from];
    distance[from] = 0;
    for (let head = 0; head < queue.length; head++) {
      const bus = queue[head]!;
      for (let p = graph.start[bus]!; p < graph.start[bus + 1]!; p++) {
        const next = graph.neighbour[p]!;
        if (distance[next]! <= distance[bus]! + 1) continue;
        distance[next] = distance[bus]! + 1;
        queue.push(next);
      }
    }
  };
  const farthest = (): number => distance.reduce((far, hops, bus) => (hops > distance[far]! ? bus : far), 0);
  lower(Math.floor(random() * graph.buses));
  const first = farthest();
  distance.fill(graph.buses);
  const seeds = [first];
  lower(first);
  while (seeds.length < parts) {
    seeds.push(farthest());
    lower(seeds.at(-1)!);
  }
  return seeds;
}

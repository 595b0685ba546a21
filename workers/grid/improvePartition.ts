import type { PartitionGraph } from "./partitionGraph.js";

/** Cost of a bus too many or too few, squared, in tie lines. */
const imbalanceCost = 1;
/** Temperature of the annealing, in tie lines: from, to. */
const temperature = { first: 1.5, last: 0.05 } as const;

/**
 * Improves a division into connected parts in place: fewer tie lines, sizes within `spread` of each other.
 *
 * A move takes a bus at a border to the part on the other side, with all that would be cut off from its old part by
 * that, so that every part stays connected. It is always made if it lowers the cost, and else with the probability
 * exp(-Δ/temperature). Cost is tie lines plus the squared number of buses by which each part is outside the band of
 * sizes allowed. No part is ever emptied.
 */
export function improvePartition(
  graph: PartitionGraph,
  partOfBus: Int32Array,
  parts: number,
  spread: number,
  random: () => number,
): void {
  if (parts === 1) return;
  const size = new Int32Array(parts);
  for (const part of partOfBus) size[part]!++;
  const mean = graph.buses / parts;
  const fewest = Math.max(1, Math.min(Math.floor(mean), Math.ceil(mean - spread / 2)));
  const most = Math.max(fewest + spread, Math.ceil(mean));
  const imbalance = (buses: number): number => imbalanceCost * Math.max(fewest - buses, buses - most, 0) ** 2;

  const move = new PieceFinder(graph, partOfBus);
  const steps = 60_000 + 300 * graph.buses;
  const cooling = (temperature.last / temperature.first) ** (1 / steps);
  let best = Int32Array.from(partOfBus);
  let cost = 0;
  let bestCost = 0;
  let warmth = temperature.first;
  for (let step = 0; step < steps; step++, warmth *= cooling) {
    const bus = Math.floor(random() * graph.buses);
    const degree = graph.start[bus + 1]! - graph.start[bus]!;
    const neighbour = graph.neighbour[graph.start[bus]! + Math.floor(random() * degree)]!;
    const from = partOfBus[bus]!;
    const to = partOfBus[neighbour]!;
    if (from === to) continue;
    const piece = move.pieceWith(bus, size[from]!);
    if (piece.length === size[from]!) continue;

    let ties = 0;
    for (const moved of piece) partOfBus[moved] = -1;
    for (const moved of piece) {
      for (let p = graph.start[moved]!; p < graph.start[moved + 1]!; p++) {
        const other = partOfBus[graph.neighbour[p]!]!;
        if (other === from) ties += graph.lines[p]!;
        else if (other === to) ties -= graph.lines[p]!;
      }
    }
    const change =
      ties +
      imbalance(size[from]! - piece.length) -
      imbalance(size[from]!) +
      imbalance(size[to]! + piece.length) -
      imbalance(size[to]!);
    const accepted = change <= 0 || random() < Math.exp(-change / warmth);
    for (const moved of piece) partOfBus[moved] = accepted ? to : from;
    if (!accepted) continue;
    size[from]! -= piece.length;
    size[to]! += piece.length;
    cost += change;
    if (cost < bestCost) {
      bestCost = cost;
      best = Int32Array.from(partOfBus);
    }
  }
  partOfBus.set(best);
}

/** Finds what leaves a part together with one of its buses. */
class PieceFinder {
  readonly #mark: Int32Array;
  #round = 0;

  constructor(
    readonly graph: PartitionGraph,
    readonly partOfBus: Int32Array,
  ) {
    this.#mark = new Int32Array(graph.buses);
  }

  /** The bus, and all pieces but the largest into which its part falls without it. */
  pieceWith(bus: number, partSize: number): number[] {
    const { graph, partOfBus } = this;
    const part = partOfBus[bus]!;
    this.#round++;
    this.#mark[bus] = this.#round;
    const piece = [bus];
    let largest: number[] = [];
    let seen = 1;
    for (let p = graph.start[bus]!; p < graph.start[bus + 1]! && seen < partSize; p++) {
      const first = graph.neighbour[p]!;
      if (partOfBus[first] !== part || this.#mark[first] === this.#round) continue;
      const reached = this.#reach(first, part);
      seen += reached.length;
      piece.push(...(reached.length > largest.length ? largest : reached));
      if (reached.length > largest.length) largest = reached;
    }
    return piece;
  }

  #reach(first: number, part: number): number[] {
    const { graph, partOfBus } = this;
    const queue = [first];
    this.#mark[first] = this.#round;
    for (let head = 0; head < queue.length; head++) {
      const bus = queue[head]!;
      for (let p = graph.start[bus]!; p < graph.start[bus + 1]!; p++) {
        const next = graph.neighbour[p]!;
        if (partOfBus[next] !== part || this.#mark[next] === this.#round) continue;
        this.#mark[next] = this.#round;
        queue.push(next);
      }
    }
    return queue;
  }
}

import { seededRandom } from "../grid/seededRandom.js";

/** A place in the plane for each node. */
export interface Layout {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Distances between all pairs are kept in memory, and every pair is visited: beyond this it takes too long. */
export const MOST_NODES = 3_000;

const EPOCHS = 24;

/**
 * Lays out a graph so that distances in the plane come near to the number of edges between nodes: stochastic gradient
 * descent on the stress `Σ d⁻² (|p_i - p_j| - d)²`, pair by pair (Zheng, Pawar and Goodman, Graph Drawing by Stochastic
 * Gradient Descent, 2018). The longer side comes to lie along x. The same graph gives the same layout.
 *
 * @param edges Pairs of nodes.
 */
export function gridLayout(nodes: number, edges: readonly (readonly [number, number])[]): Layout {
  const random = seededRandom(1);
  const x = Float64Array.from({ length: nodes }, () => random() * Math.sqrt(nodes));
  const y = Float64Array.from({ length: nodes }, () => random() * Math.sqrt(nodes));
  const distance = hops(nodes, edges);
  const pairs = new Uint32Array((nodes * (nodes - 1)) / 2);
  let farthest = 1;
  for (let i = 0, at = 0; i < nodes; i++) {
    for (let j = 0; j < i; j++) {
      pairs[at++] = i * nodes + j;
      farthest = Math.max(farthest, distance[i * nodes + j]!);
    }
  }
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    // From steps that settle the farthest pair at once down to a tenth of what settles neighbours.
    const step = farthest ** 2 * (0.1 / farthest ** 2) ** (epoch / (EPOCHS - 1));
    for (let k = pairs.length - 1; k > 0; k--) {
      const other = Math.floor(random() * (k + 1));
      const pair = pairs[other]!;
      pairs[other] = pairs[k]!;
      pairs[k] = pair;
      const i = Math.floor(pair / nodes);
      const j = pair % nodes;
      const wanted = distance[pair]!;
      const dx = x[i]! - x[j]!;
      const dy = y[i]! - y[j]!;
      const apart = Math.hypot(dx, dy) || 1e-9;
      const move = (Math.min(1, step / wanted ** 2) * (apart - wanted)) / (2 * apart);
      x[i]! -= move * dx;
      y[i]! -= move * dy;
      x[j]! += move * dx;
      y[j]! += move * dy;
    }
  }
  return laidAlongX({ x, y });
}

/** Edges between all pairs; nodes of different islands count as √nodes apart. */
function hops(nodes: number, edges: readonly (readonly [number, number])[]): Uint16Array {
  const neighbours = Array.from({ length: nodes }, (): number[] => []);
  for (const [a, b] of edges) {
    neighbours[a]!.push(b);
    neighbours[b]!.push(a);
  }
  const distance = new Uint16Array(nodes * nodes).fill(Math.ceil(Math.sqrt(nodes)));
  const seen = new Int32Array(nodes).fill(-1);
  for (let from = 0; from < nodes; from++) {
    const queue = [from];
    seen[from] = from;
    distance[from * nodes + from] = 0;
    for (let next = 0; next < queue.length; next++) {
      const node = queue[next]!;
      for (const near of neighbours[node]!) {
        if (seen[near] === from) continue;
        seen[near] = from;
        distance[from * nodes + near] = distance[from * nodes + node]! + 1;
        queue.push(near);
      }
    }
  }
  return distance;
}

/** Turned so that the direction of largest spread is x, about the centre. */
function laidAlongX({ x, y }: Layout): Layout {
  const [cx, cy] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += (x[i]! - cx) ** 2;
    xy += (x[i]! - cx) * (y[i]! - cy);
    yy += (y[i]! - cy) ** 2;
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return {
    x: x.map((_, i) => c * (x[i]! - cx) + s * (y[i]! - cy)),
    y: y.map((_, i) => -s * (x[i]! - cx) + c * (y[i]! - cy)),
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

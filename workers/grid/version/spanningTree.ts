/** An edge that a meter sees alone: a line with a flow meter, or a PMU's edge to a root. */
export interface MeteredEdge {
  readonly a: number;
  readonly b: number;
  /** w·b², what the edge adds to the gain matrix; positive. */
  readonly strength: number;
}

/** What a spanning forest says of a node: its parent, and the position of the edge between them. */
export interface TreeLink {
  readonly parent: number;
  readonly edge: number;
}

/**
 * The spanning forest of largest total strength, rooted at `roots`, which count as one node.
 *
 * The bound on the over-statement sums `S²/(w b²)` over the tree's edges, so strong edges make it tight: on the
 * 2,383-bus grid the strongest tree proves 10⁵ times less than a breadth-first one.
 *
 * @param nodes How many nodes there are.
 * @returns `order`: all nodes that are reached, roots first, each after its parent; `links` by node, undefined for roots
 * and for nodes that are not reached.
 */
export function spanningTree(
  nodes: number,
  roots: readonly number[],
  edges: readonly MeteredEdge[],
): { order: number[]; links: (TreeLink | undefined)[] } {
  const chosen = strongest(nodes, roots, edges);
  const incident: number[][] = Array.from({ length: nodes }, () => []);
  for (const e of chosen) {
    const edge = edges[e]!;
    incident[edge.a]!.push(e);
    incident[edge.b]!.push(e);
  }

  const links: (TreeLink | undefined)[] = Array.from({ length: nodes }, () => undefined);
  const reached = new Uint8Array(nodes);
  for (const root of roots) reached[root] = 1;
  const order = [...roots];
  for (let next = 0; next < order.length; next++) {
    const parent = order[next]!;
    for (const e of incident[parent]!) {
      const edge = edges[e]!;
      const child = edge.a === parent ? edge.b : edge.a;
      if (reached[child] === 1) continue;
      reached[child] = 1;
      links[child] = { parent, edge: e };
      order.push(child);
    }
  }
  return { order, links };
}

/** Kruskal: strongest edges first, ties by position, those that close a loop left out. */
function strongest(nodes: number, roots: readonly number[], edges: readonly MeteredEdge[]): number[] {
  const leader = Int32Array.from({ length: nodes }, (_, i) => i);
  const find = (node: number): number => {
    let at = node;
    while (leader[at] !== at) {
      leader[at] = leader[leader[at]!]!;
      at = leader[at]!;
    }
    return at;
  };
  for (const root of roots) leader[find(root)] = find(roots[0]!);
  const byStrength = edges.map((_, e) => e).sort((e, f) => edges[f]!.strength - edges[e]!.strength || e - f);
  return byStrength.filter((e) => {
    const a = find(edges[e]!.a);
    const b = find(edges[e]!.b);
    if (a === b) return false;
    leader[a] = b;
    return true;
  });
}

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { type MeteredEdge, spanningTree } from "../../../../workers/grid/version/spanningTree.js";

const graph = fc.integer({ min: 2, max: 6 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    roots: fc
      .integer({ min: 1, max: Math.min(2, nodes - 1) })
      .map((n) => Array.from({ length: n }, (_, i) => i)),
    edges: fc.array(
      fc
        .record({ a: fc.nat(nodes - 1), b: fc.nat(nodes - 1), strength: fc.integer({ min: 1, max: 20 }) })
        .filter(({ a, b }) => a !== b),
      { maxLength: 9 },
    ),
  }),
);

describe("spanningTree", () => {
  it("is the forest that reaches all that can be reached, of the largest strength of all such", () => {
    fc.assert(
      fc.property(graph, ({ nodes, roots, edges }) => {
        const { order, links } = spanningTree(nodes, roots, edges);
        const everything = reached(nodes, roots, edges);
        expect(order).to.have.members(everything);
        expect(order.slice(0, roots.length)).to.deep.equal(roots);
        order.slice(roots.length).forEach((node) => {
          const { parent, edge } = links[node]!;
          expect(order.indexOf(parent)).to.be.below(order.indexOf(node));
          expect([edges[edge]!.a, edges[edge]!.b]).to.have.members([node, parent]);
        });
        const taken = links.flatMap((link) => (link === undefined ? [] : [edges[link.edge]!.strength]));
        expect(taken.reduce((sum, s) => sum + s, 0)).to.equal(
          strongest(nodes, roots, edges, everything.length),
        );
      }),
      { numRuns: 200, seed: 118, endOnFailure: true },
    );
  });
});

function reached(nodes: number, roots: readonly number[], edges: readonly MeteredEdge[]): number[] {
  const seen = new Set(roots);
  for (let round = 0; round < nodes; round++) {
    for (const { a, b } of edges) if (seen.has(a) || seen.has(b)) seen.add(a).add(b);
  }
  return [...seen];
}

/** The largest strength of any set of edges that reaches `count` nodes with one edge for each that is no root. */
function strongest(
  nodes: number,
  roots: readonly number[],
  edges: readonly MeteredEdge[],
  count: number,
): number {
  let best = 0;
  for (let set = 0; set < 2 ** edges.length; set++) {
    const chosen = edges.filter((_, e) => (set >> e) & 1);
    if (chosen.length !== count - roots.length || reached(nodes, roots, chosen).length !== count) continue;
    best = Math.max(
      best,
      chosen.reduce((sum, { strength }) => sum + strength, 0),
    );
  }
  return best;
}

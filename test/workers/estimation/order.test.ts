import { expect } from "chai";
import * as fc from "fast-check";
import { gramPattern } from "../../../workers/estimation/gramPattern.js";
import { minimumDegreeOrder, type SymmetricPattern } from "../../../workers/estimation/order.js";
import { analyseSymbolic } from "../../../workers/estimation/symbolic.js";
import { transpose } from "../../../workers/estimation/transpose.js";
import { arbitraryGrid, fullModel, lattice, type TestGrid } from "./models.js";

describe("minimumDegreeOrder", () => {
  it("is a permutation, whatever the pattern", () => {
    fc.assert(
      fc.property(arbitraryGrid(60), (grid) => {
        const pattern = gainPattern(grid);
        const order = minimumDegreeOrder(pattern);
        expect([...order].sort((a, b) => a - b)).to.deep.equal(
          Array.from({ length: pattern.n }, (_, i) => i),
        );
      }),
    );
  });

  it("takes isolated columns, and no columns at all", () => {
    const isolated = { n: 3, start: new Int32Array(4), index: new Int32Array(0) };
    expect([...minimumDegreeOrder(isolated)].sort((a, b) => a - b)).to.deep.equal([0, 1, 2]);
    expect(minimumDegreeOrder({ n: 0, start: new Int32Array(1), index: new Int32Array(0) })).to.have.length(
      0,
    );
  });

  it("makes no fill on a tree, whose best order makes none", () => {
    const parents = Array.from({ length: 200 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * (i + 1)));
    const edges = parents.map((parent, i) => [i + 1, parent] as const);
    const pattern = patternOf(201, edges);
    expect(nonzeros(pattern)).to.equal(2 * 201 - 1);
  });

  it("fills no more than minimum degree computed on the plain graph, give or take 10 %", () => {
    for (const side of [6, 12, 20]) {
      const pattern = gainPattern(lattice(side));
      expect(nonzeros(pattern)).to.be.at.most(1.1 * exactMinimumDegreeFill(pattern));
    }
  });
});

function gainPattern(grid: TestGrid): SymmetricPattern {
  const { h } = fullModel(grid);
  return gramPattern(h, transpose(h));
}

function patternOf(n: number, edges: readonly (readonly [number, number])[]): SymmetricPattern {
  const lists = Array.from({ length: n }, () => new Set<number>());
  for (const [i, j] of edges) {
    lists[i]!.add(j);
    lists[j]!.add(i);
  }
  const start = new Int32Array(n + 1);
  lists.forEach((list, i) => (start[i + 1] = start[i]! + list.size));
  return { n, start, index: Int32Array.from(lists.flatMap((list) => [...list])) };
}

function nonzeros(pattern: SymmetricPattern): number {
  return analyseSymbolic(pattern, minimumDegreeOrder(pattern)).row.length;
}

/** Nonzeros of L when each step eliminates a vertex of least degree of a graph kept edge by edge. */
function exactMinimumDegreeFill(pattern: SymmetricPattern): number {
  const neighbours = new Map<number, Set<number>>();
  for (let i = 0; i < pattern.n; i++)
    neighbours.set(i, new Set(pattern.index.subarray(pattern.start[i], pattern.start[i + 1])));
  let count = 0;
  while (neighbours.size > 0) {
    let pivot = -1;
    for (const [i, set] of neighbours) if (pivot === -1 || set.size < neighbours.get(pivot)!.size) pivot = i;
    const clique = neighbours.get(pivot)!;
    neighbours.delete(pivot);
    count += clique.size + 1;
    for (const i of clique) {
      const set = neighbours.get(i)!;
      set.delete(pivot);
      for (const j of clique) if (j !== i) set.add(j);
    }
  }
  return count;
}

import { expect } from "chai";
import * as fc from "fast-check";
import { lusolve, zeros, type Matrix } from "mathjs";
import { describe, it } from "mocha";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { GridModelError } from "../../../workers/grid/errors.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import type { Grid, Line } from "../../../workers/grid/types.js";
import { arbitraryCase } from "./arbitraryCase.js";
import { itForEachCase } from "./realCases.js";

/**
 * Angles by dense elimination, with rows θ_reference = 0 in place of the references' balances. These rows are scaled
 * like the others: with a 1 among entries of 10⁶ the elimination itself is off by 10⁻⁸.
 */
function denseAngles(grid: Grid, injectionKw: ArrayLike<number>): number[] {
  const n = grid.buses.length;
  const b = (zeros(n, n) as Matrix).toArray() as number[][];
  const rhs = Array.from(injectionKw);
  for (const { from, to, susceptanceKwPerRad: s, shiftRad } of grid.lines) {
    b[from]![from]! += s;
    b[to]![to]! += s;
    b[from]![to]! -= s;
    b[to]![from]! -= s;
    rhs[from]! += s * shiftRad;
    rhs[to]! -= s * shiftRad;
  }
  const scale = Math.max(...grid.lines.map(({ susceptanceKwPerRad }) => Math.abs(susceptanceKwPerRad)));
  for (const [index, { reference }] of grid.buses.entries()) {
    if (!reference) continue;
    b[index] = b[index]!.map((_, column) => (column === index ? scale : 0));
    rhs[index] = 0;
  }
  return (lusolve(b, rhs) as number[][]).flat();
}

function expectBalanced(grid: Grid): void {
  const { angleRad, flowKw, injectionKw } = powerFlow(grid);
  const net = Float64Array.from(injectionKw);
  const carried = new Float64Array(net.length);
  const total = new Float64Array(grid.islands);
  for (const [index, { from, to, susceptanceKwPerRad, shiftRad }] of grid.lines.entries()) {
    const flow = susceptanceKwPerRad * (angleRad[from]! - angleRad[to]! - shiftRad);
    expect(flowKw[index]).to.equal(flow);
    net[from]! -= flow;
    net[to]! += flow;
    const largest =
      Math.abs(susceptanceKwPerRad) *
      (Math.abs(angleRad[from]!) + Math.abs(angleRad[to]!) + Math.abs(shiftRad));
    carried[from]! += largest;
    carried[to]! += largest;
  }
  for (const [index, { reference, island }] of grid.buses.entries()) {
    total[island]! += injectionKw[index]!;
    if (reference) expect(angleRad[index]).to.equal(0);
  }
  const largestInjection = Math.max(...injectionKw.map(Math.abs));
  // The reference bus takes up the rounding of a whole island.
  const most = Math.max(...carried);
  for (const difference of net)
    expect(Math.abs(difference)).to.be.at.most(1e-11 * Math.max(most, largestInjection));
  for (const sum of total) expect(Math.abs(sum)).to.be.at.most(1e-12 * injectionKw.length * largestInjection);
}

const bus = (number: number, reference: boolean, loadKw = 0, generationKw = 0) => ({
  number,
  island: 0,
  reference,
  loadKw,
  generationKw,
});
const line = (number: number, from: number, to: number, susceptanceKwPerRad: number, shiftRad = 0): Line => ({
  number,
  from,
  to,
  susceptanceKwPerRad,
  shiftRad,
});
const grid = (buses: Grid["buses"], lines: Line[]): Grid => ({
  name: "made up",
  buses,
  lines,
  islands: 1,
  isolated: [],
});

describe("powerFlow", () => {
  it("divides a flow over two paths as their reactances do", () => {
    const ring = grid(
      [bus(1, true, 0, 300), bus(2, false), bus(3, false, 300)],
      [line(1, 0, 1, 1000), line(2, 1, 2, 1000), line(3, 0, 2, 1000)],
    );
    const { angleRad, flowKw, injectionKw } = powerFlow(ring);
    expect([...injectionKw]).to.deep.equal([300, 0, -300]);
    for (const [index, flow] of [100, 100, 200].entries()) expect(flowKw[index]).to.be.closeTo(flow, 1e-9);
    for (const [index, angle] of [0, -0.1, -0.2].entries())
      expect(angleRad[index]).to.be.closeTo(angle, 1e-12);
  });

  it("drives a flow round a ring by a phase shift alone", () => {
    const ring = grid([bus(1, true), bus(2, false)], [line(1, 0, 1, 1000, 0.02), line(2, 0, 1, 1000)]);
    const { flowKw, angleRad } = powerFlow(ring);
    expect(angleRad[1]).to.be.closeTo(-0.01, 1e-12);
    expect(flowKw[0]).to.be.closeTo(-10, 1e-9);
    expect(flowKw[1]).to.be.closeTo(10, 1e-9);
  });

  it("scales generation pro rata to the load of its island", () => {
    const { injectionKw } = powerFlow(
      grid([bus(1, true, 0, 10), bus(2, false, 60, 30)], [line(1, 0, 1, 1000)]),
    );
    expect([...injectionKw]).to.deep.equal([15, -15]);
  });

  it("leaves the whole load on the reference bus where nothing generates", () => {
    const { injectionKw } = powerFlow(grid([bus(1, true), bus(2, false, 60)], [line(1, 0, 1, 1000)]));
    expect([...injectionKw]).to.deep.equal([60, -60]);
  });

  it("leaves out a dispatch that cannot be scaled to the load", () => {
    const { injectionKw } = powerFlow(
      grid([bus(1, true, 60, 0), bus(2, false, 0, 1e-320)], [line(1, 0, 1, 1000)]),
    );
    expect([...injectionKw]).to.deep.equal([0, 0]);
  });

  it("generates nothing where the load is negative", () => {
    const { injectionKw } = powerFlow(
      grid([bus(1, true, -5, 10), bus(2, false, -60, 30)], [line(1, 0, 1, 1000)]),
    );
    expect([...injectionKw]).to.deep.equal([-60, 60]);
  });

  it("solves a regular grid in which every pivot of LDLᵀ vanishes at first", () => {
    const star = grid(
      [bus(1, true), bus(2, false, 7), bus(3, false, 5)],
      [line(1, 0, 1, 1000), line(2, 1, 2, -1000), line(3, 0, 2, 1000)],
    );
    expect([...powerFlow(star).angleRad].map((angle) => angle + 0)).to.satisfy((angles: number[]) =>
      denseAngles(star, [12, -7, -5]).every((angle, index) => Math.abs(angle - angles[index]!) < 1e-12),
    );
  });

  it("refuses a grid whose susceptances cancel", () => {
    const singular = grid([bus(1, true), bus(2, false, 7)], [line(1, 0, 1, 1000), line(2, 0, 1, -1000)]);
    expect(() => powerFlow(singular)).to.throw(GridModelError, "the susceptances cancel");
  });

  it("balances every bus of random grids, and agrees with dense elimination", () => {
    fc.assert(
      fc.property(arbitraryCase(15, { islands: 2 }), (random) => {
        const made = compileGrid(random);
        expectBalanced(made);
        const { angleRad, injectionKw } = powerFlow(made);
        const largest = Math.max(...angleRad.map(Math.abs), 1);
        for (const [index, angle] of denseAngles(made, injectionKw).entries())
          expect(Math.abs(angle - angleRad[index]!)).to.be.at.most(1e-11 * largest);
      }),
      { seed: 118 },
    );
  });

  itForEachCase("balances every bus of a real case", expectBalanced);

  itForEachCase("agrees with dense elimination on a small real case", (made) => {
    if (made.buses.length > 150) return;
    const { angleRad, injectionKw } = powerFlow(made);
    for (const [index, angle] of denseAngles(made, injectionKw).entries())
      expect(angleRad[index]).to.be.closeTo(angle, 1e-11);
  });
});

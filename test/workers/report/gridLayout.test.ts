import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { gridLayout } from "../../../workers/report/gridLayout.js";

const path = (nodes: number) => Array.from({ length: nodes - 1 }, (_, i): [number, number] => [i, i + 1]);

describe("gridLayout", () => {
  it("lays a path out as a straight line along x", () => {
    const { x, y } = gridLayout(12, path(12));
    expect(Math.abs(x[11]! - x[0]!)).to.be.closeTo(11, 0.3);
    for (const value of y) expect(Math.abs(value)).to.be.lessThan(0.6);
  });

  it("brings distances in the plane near to those in a grid", () => {
    const { buses, lines } = compileGrid(builtinCase("ieee118"));
    const { x, y } = gridLayout(
      buses.length,
      lines.map(({ from, to }) => [from, to]),
    );
    const apart = (a: number, b: number): number => Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!);
    const mean = lines.reduce((sum, { from, to }) => sum + apart(from, to), 0) / lines.length;
    expect(mean).to.be.within(0.6, 1.4);
    for (let a = 0; a < buses.length; a++) {
      for (let b = 0; b < a; b++)
        expect(apart(a, b), `${a} and ${b} lie on one another`).to.be.greaterThan(0.02);
    }
  });

  it("gives the same layout again, and takes islands and single nodes", () => {
    const edges: [number, number][] = [
      [0, 1],
      [2, 3],
    ];
    expect(gridLayout(5, edges)).to.deep.equal(gridLayout(5, edges));
    expect(gridLayout(5, edges).x.every(Number.isFinite)).to.be.true;
    expect(gridLayout(1, []).x).to.have.length(1);
  });
});

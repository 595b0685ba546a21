import { expect } from "chai";
import * as fc from "fast-check";
import { lusolve } from "mathjs";
import { SingularMatrixError } from "../../../workers/estimation/errors.js";
import { factorizeSymmetric } from "../../../workers/estimation/factorizeSymmetric.js";
import { solveSymmetric } from "../../../workers/estimation/solveSymmetric.js";
import { arbitraryGrid, randomNumbers, relativeError, type TestGrid } from "./models.js";

describe("factorizeSymmetric", () => {
  it("solves a grid's Laplacian as mathjs does", () => {
    fc.assert(
      fc.property(arbitraryGrid(25), fc.integer(), (grid, seed) => {
        const { n, rows, columns, values, dense } = laplacian(grid);
        const random = randomNumbers(seed);
        const b = Array.from({ length: n }, () => random() - 0.5);
        const expected = (lusolve(dense, b) as number[][]).map((row) => row[0]!);
        expect(relativeError(solveSymmetric(n, rows, columns, values, b), expected)).to.be.below(1e-9);
      }),
      { seed: 118 },
    );
  });

  it("solves an indefinite matrix, keeps b, and is used again", () => {
    const grid: TestGrid = {
      buses: 5,
      lines: [
        { from: 0, to: 1, b: 3 },
        { from: 1, to: 2, b: -7 },
        { from: 2, to: 3, b: 4 },
        { from: 3, to: 4, b: 5 },
        { from: 4, to: 1, b: 2 },
      ],
    };
    const { dense, ...matrix } = laplacian(grid);
    const factor = factorizeSymmetric(matrix);
    for (const b of [
      [1, 2, 3, 4],
      [0, 0, 0, 1],
    ]) {
      const expected = (lusolve(dense, b) as number[][]).map((row) => row[0]!);
      const given = Float64Array.from(b);
      expect(relativeError(factor.solve(given), expected)).to.be.below(1e-12);
      expect([...given]).to.deep.equal(b);
    }
  });

  it("adds entries at the same place, on either side of the diagonal", () => {
    const x = solveSymmetric(2, [0, 1, 0, 1, 1], [0, 1, 1, 0, 1], [4, 2, 0.5, 0.5, 1], [9, 7]);
    expect([...x]).to.deep.equal([(9 * 3 - 7) / 11, (4 * 7 - 9) / 11]);
  });

  it("names the column of a zero pivot", () => {
    const singular = { n: 3, rows: [0, 1, 0, 2], columns: [0, 1, 1, 2], values: [1, 1, -1, 1] };
    expect(() => factorizeSymmetric(singular)).to.throw(SingularMatrixError);
    const empty = { n: 2, rows: [0], columns: [0], values: [1] };
    expect(() => factorizeSymmetric(empty))
      .to.throw(SingularMatrixError)
      .with.property("columns")
      .that.deep.equals([1]);
  });

  it("refuses an entry outside the matrix", () => {
    expect(() => factorizeSymmetric({ n: 2, rows: [2], columns: [0], values: [1] })).to.throw(
      RangeError,
      "entry 0",
    );
  });
});

function laplacian(grid: TestGrid): {
  n: number;
  rows: number[];
  columns: number[];
  values: number[];
  dense: number[][];
} {
  const n = grid.buses - 1;
  const [rows, columns, values]: number[][] = [[], [], []];
  const dense = Array.from({ length: n }, () => Array.from({ length: n }, () => 0));
  const add = (i: number, j: number, v: number): void => {
    if (i < 0 || j < 0) return;
    rows!.push(i);
    columns!.push(j);
    values!.push(v);
    dense[i]![j]! += v;
    if (i !== j) dense[j]![i]! += v;
  };
  for (const { from, to, b } of grid.lines) {
    add(from - 1, from - 1, b);
    add(to - 1, to - 1, b);
    add(from - 1, to - 1, -b);
  }
  return { n, rows: rows!, columns: columns!, values: values!, dense };
}

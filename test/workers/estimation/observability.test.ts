import { expect } from "chai";
import * as fc from "fast-check";
import { analyze } from "../../../workers/estimation/analysis.js";
import { observability } from "../../../workers/estimation/observability.js";
import { exactNullSpace } from "./exactNullSpace.js";
import { arbitraryGrid, meterRows, sparse } from "./models.js";

describe("observability", () => {
  it("agrees with exact elimination on random sets of meters", () => {
    fc.assert(
      fc.property(arbitraryGrid(16), fc.infiniteStream(fc.nat(9)), fc.nat(9), (grid, stream, share) => {
        const { flows, injections } = meterRows(grid);
        const dense = [...flows, ...injections].filter(() => (stream.next().value as number) < share);
        check(dense, grid.buses - 1);
      }),
      { numRuns: 1000, seed: 118 },
    );
  });

  it("agrees on grids with injection meters only", () => {
    fc.assert(
      fc.property(arbitraryGrid(16), fc.infiniteStream(fc.nat(5)), (grid, stream) => {
        const dense = meterRows(grid).injections.filter(() => (stream.next().value as number) > 0);
        check(dense, grid.buses - 1);
      }),
      { numRuns: 500, seed: 118 },
    );
  });

  it("agrees on larger grids", () => {
    fc.assert(
      fc.property(arbitraryGrid(50), fc.infiniteStream(fc.nat(9)), fc.nat(9), (grid, stream, share) => {
        const { flows, injections } = meterRows(grid);
        const dense = [...injections, ...flows].filter(() => (stream.next().value as number) < share);
        check(dense, grid.buses - 1);
      }),
      { numRuns: 100, seed: 118 },
    );
  });

  it("says the same of rows marked as missing as of rows that are not there", () => {
    fc.assert(
      fc.property(arbitraryGrid(16), fc.infiniteStream(fc.nat(2)), (grid, stream) => {
        const { flows, injections } = meterRows(grid);
        const dense = [...flows, ...injections];
        const inUse = dense.map(() => (stream.next().value as number) % 2);
        const { rank, undetermined } = exactNullSpace(
          dense.filter((_, i) => inUse[i]),
          grid.buses - 1,
        );
        const found = observability(analyze(sparse(dense, grid.buses - 1)), inUse);
        expect(found).to.deep.equal({
          observable: undetermined.length === 0,
          rank,
          unobservableStates: undetermined,
        });
      }),
      { numRuns: 300, seed: 118 },
    );
  });

  it("finds an island without any tie to a reference, and a grid without meters", () => {
    check(
      [
        [2, 0, 0, 0],
        [0, 0, 3, -3],
        [0, 0, -3, 3],
      ],
      4,
    );
    check([], 3);
    check([[0, 0]], 2);
  });

  it("does not take a state that is weakly tied for one that is not", () => {
    // Each pivot of the chain is small beside its diagonal: 1e-12 after squaring.
    const e = 1e-6;
    const dense = [
      [1, 0, 0, 0],
      [1, e, 0, 0],
      [0, 1, -1, 0],
      [0, 1, -1 + e, 0],
    ];
    const h = { ...sparse(dense, 4) };
    const found = observability(analyze(h));
    expect(found.unobservableStates).to.deep.equal([3]);
    expect(found.rank).to.equal(3);
  });

  it("sees through a long radial feeder of injection meters", () => {
    const lines = Array.from({ length: 400 }, (_, i) => ({ from: i, to: i + 1, b: 1 + (i % 40) }));
    const { injections } = meterRows({ buses: 401, lines });
    const withoutLast = injections.slice(0, -1);
    expect(observability(analyze(sparse(injections, 400))).rank).to.equal(400);
    expect(observability(analyze(sparse(withoutLast, 400))).rank).to.equal(400);
    const found = observability(analyze(sparse(withoutLast.slice(1), 400)));
    expect(found.rank).to.equal(399);
    expect(found.unobservableStates).to.have.length(400);
  });
});

function check(dense: number[][], columns: number): void {
  const { rank, undetermined } = exactNullSpace(dense, columns);
  expect(observability(analyze(sparse(dense, columns)))).to.deep.equal({
    observable: undetermined.length === 0,
    rank,
    unobservableStates: undetermined,
  });
}

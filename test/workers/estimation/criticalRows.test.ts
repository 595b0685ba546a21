import { expect } from "chai";
import * as fc from "fast-check";
import { analyze } from "../../../workers/estimation/analysis.js";
import { criticalRows } from "../../../workers/estimation/criticalRows.js";
import { NotObservableError } from "../../../workers/estimation/errors.js";
import { exactNullSpace } from "./exactNullSpace.js";
import { arbitraryGrid, meterRows, sparse } from "./models.js";

describe("criticalRows", () => {
  it("are those whose removal, one at a time, lowers the exact rank", () => {
    fc.assert(
      fc.property(arbitraryGrid(12), fc.infiniteStream(fc.nat(9)), fc.nat(9), (grid, stream, share) => {
        const n = grid.buses - 1;
        const { flows, injections } = meterRows(grid);
        const dense = [...flows, ...injections].filter(() => (stream.next().value as number) <= share);
        const analysis = analyze(sparse(dense, n));
        if (exactNullSpace(dense, n).rank < n) {
          expect(() => criticalRows(analysis)).to.throw(NotObservableError);
          return;
        }
        const expected = dense.flatMap((_, i) =>
          exactNullSpace(
            dense.filter((_row, j) => j !== i),
            n,
          ).rank < n
            ? [i]
            : [],
        );
        expect(criticalRows(analysis)).to.deep.equal(expected);
      }),
      { numRuns: 300, seed: 118 },
    );
  });

  it("grow in number as rows go missing, and never name a missing one", () => {
    const dense = [[1], [2], [3]];
    const analysis = analyze(sparse(dense, 1));
    expect(criticalRows(analysis)).to.deep.equal([]);
    expect(criticalRows(analysis, [1, 0, 0])).to.deep.equal([0]);
  });
});

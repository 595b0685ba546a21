import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { PlacementError } from "../../../workers/placement/errors.js";
import { fewestCover } from "../../../workers/placement/fewestCover.js";

const ELEMENTS = 6;

/** Sets over the elements, of which the last holds what the others leave. */
const families = fc
  .array(fc.uniqueArray(fc.nat(ELEMENTS - 1)), { minLength: 1, maxLength: 9 })
  .map((sets) => {
    const held = new Set(sets.flat());
    return [...sets, Array.from({ length: ELEMENTS }, (_, e) => e).filter((e) => !held.has(e))];
  });

function covers(sets: readonly (readonly number[])[], chosen: readonly number[]): boolean {
  return new Set(chosen.flatMap((set) => sets[set]!)).size === ELEMENTS;
}

/** The size of the smallest cover, by trying all. */
function smallest(sets: readonly (readonly number[])[]): number {
  let best = Infinity;
  for (let mask = 0; mask < 2 ** sets.length; mask++) {
    const chosen = sets.flatMap((_, set) => (mask & (1 << set) ? [set] : []));
    if (chosen.length < best && covers(sets, chosen)) best = chosen.length;
  }
  return best;
}

describe("fewestCover", () => {
  it("finds a cover as small as the smallest of all", async () => {
    await fc.assert(
      fc.asyncProperty(families, async (sets) => {
        const { chosen, lowerBound, exact } = await fewestCover(sets, ELEMENTS);
        expect(covers(sets, chosen)).to.equal(true);
        expect(chosen).to.have.length(smallest(sets));
        expect({ lowerBound, exact }).to.deep.equal({ lowerBound: chosen.length, exact: true });
      }),
      { numRuns: 60 },
    );
  });

  it("without time covers all the same, and bounds how far off it can be", async () => {
    // Greedy takes the set of four first and needs three; two suffice.
    const sets = [[0, 1, 2], [3, 4, 5], [0, 1, 3, 4], [2], [5]];
    const { chosen, lowerBound, exact } = await fewestCover(sets, ELEMENTS, 0);
    expect(covers(sets, chosen)).to.equal(true);
    expect(lowerBound).to.be.at.most(2);
    if (!exact) expect(chosen).to.have.length(3);
  });

  it("has nothing to do without elements, and refuses one that no set holds", async () => {
    expect(await fewestCover([[]], 0)).to.deep.equal({ chosen: [], lowerBound: 0, exact: true });
    const error: unknown = await fewestCover([[0], [2]], 3).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(PlacementError);
    expect((error as Error).message).to.equal("no candidate covers element 1");
  });
});

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { finalityQuorum, mostFaulty } from "../../../workers/finality/finalityQuorum.js";

const MOST_SEATS = 88;
const seats = fc.integer({ min: 1, max: MOST_SEATS });

/** A set of `count` of `n` seats, drawn. */
const someOf = (n: number, count: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray(
    Array.from({ length: n }, (_, seat) => seat),
    { minLength: count, maxLength: count },
  );

describe("finalityQuorum", function suite() {
  this.timeout(60_000);
  it("is 3 of 4, 4 of 5, 5 of 7", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 10, 13].map(finalityQuorum)).to.deep.equal([1, 2, 2, 3, 4, 4, 5, 7, 9]);
  });

  it("any two quorums share more seats than may be at fault", () => {
    const drawn = seats.chain((n) =>
      fc.tuple(fc.constant(n), someOf(n, finalityQuorum(n)), someOf(n, finalityQuorum(n))),
    );
    fc.assert(
      fc.property(drawn, ([n, one, other]) => {
        const shared = one.filter((seat) => other.includes(seat));
        expect(shared.length).to.be.above(mostFaulty(n));
      }),
    );
  });

  it("so they do at worst, for every number of seats, and one signature less would not do", () => {
    for (let n = 1; n <= MOST_SEATS; n++) {
      const least = (q: number): number => 2 * q - n;
      expect(least(finalityQuorum(n)), `${n} seats`).to.be.above(mostFaulty(n));
      expect(least(finalityQuorum(n) - 1), `${n} seats`).to.be.at.most(mostFaulty(n));
    }
  });

  it("so they do while one seat comes or goes", () => {
    for (let n = 1; n < MOST_SEATS; n++) {
      // One quorum of n seats, one of the same and another.
      const shared = finalityQuorum(n) + finalityQuorum(n + 1) - (n + 1);
      expect(shared, `${n} and ${n + 1} seats`).to.be.above(mostFaulty(n));
    }
  });

  it("is reached without those at fault", () => {
    for (let n = 1; n <= MOST_SEATS; n++) expect(finalityQuorum(n)).to.be.at.most(n - mostFaulty(n));
  });
});

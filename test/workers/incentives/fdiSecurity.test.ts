import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { allCoalitions } from "../../../workers/incentives/allCoalitions.js";
import { IncentiveArgumentError } from "../../../workers/incentives/errors.js";
import { fdiSecurity } from "../../../workers/incentives/fdiSecurity.js";
import { exactNullSpace } from "../estimation/exactNullSpace.js";
import { arbitraryOwned, caseModel } from "./coalitionReference.js";

describe("fdiSecurity", () => {
  it("exposes exactly the buses that the remaining rows leave open, by elimination in whole numbers", () => {
    fc.assert(
      fc.property(arbitraryOwned, fc.infiniteStream(fc.boolean()), ({ incentive, dense }, pick) => {
        const { busOfState, ownerOfRow } = incentive;
        for (const compromised of [[], ...allCoalitions(3)]) {
          const sensitive = busOfState.filter(() => pick.next().value === true);
          const remaining = dense.filter((_, i) => !compromised.includes(ownerOfRow[i]!));
          const { undetermined } = exactNullSpace(remaining, busOfState.length);
          const open = new Set(undetermined.map((state) => busOfState[state]!));
          const { exposed, secure, ...rest } = fdiSecurity(incentive, compromised, sensitive);
          expect(exposed).to.deep.equal(sensitive.filter((bus) => open.has(bus)));
          expect(secure).to.equal(exposed.length === 0);
          expect(rest).to.deep.equal({ compromised, sensitiveBuses: sensitive });
        }
      }),
      { numRuns: 100, seed: 61 },
    );
  });

  it("says of IEEE 14 which of its buses three operators would lose", () => {
    const { grid, incentive } = caseModel("ieee14", 3);
    const reference = grid.buses.filter((bus) => bus.reference).map(({ number }) => number);
    const buses = grid.buses.map(({ number }) => number);
    expect(fdiSecurity(incentive, [], buses, reference).secure).to.equal(true);
    const all = fdiSecurity(incentive, [0, 1, 2], buses, reference);
    expect(all.exposed).to.deep.equal(buses.filter((bus) => !reference.includes(bus)));
    const { exposed, secure } = fdiSecurity(incentive, [1], buses, reference);
    expect(secure).to.equal(false);
    expect(exposed).to.have.length.within(1, 6);
    expect(fdiSecurity(incentive, [1], reference, reference).secure).to.equal(true);
  });

  it("refuses a bus or a seat that there is not", () => {
    const { incentive } = caseModel("ieee14", 3);
    expect(() => fdiSecurity(incentive, [0], [4, 15])).to.throw(IncentiveArgumentError, "bus 15");
    expect(() => fdiSecurity(incentive, [7], [4])).to.throw(IncentiveArgumentError, "seat 7");
  });
});

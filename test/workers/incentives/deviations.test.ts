import { expect } from "chai";
import { describe, it } from "mocha";
import { chiSquareThreshold } from "../../../workers/estimation/chiSquareThreshold.js";
import { deviations } from "../../../workers/incentives/deviations.js";
import { simulateSlots, type Simulation, type Strategy } from "../../../workers/incentives/simulateSlots.js";
import { withholdingBounds } from "../../../workers/incentives/withholdingBounds.js";
import { withholdingProfit } from "../../../workers/incentives/withholdingProfit.js";
import { builtinModel, terms } from "./tinyModel.js";

const model = builtinModel("ieee118");
const base: Simulation = {
  model,
  offline: model.meterNames.map((_, meter) => 2e-4 * (meter % 4)),
  terms,
  threshold: (freedom) => chiSquareThreshold(freedom, 0.2),
  slots: 1_000,
  seed: 11,
};

const seventh = model.meterNames.map((_, meter) => meter).filter((meter) => meter % 7 === 0);

describe("sharing everything as a Nash equilibrium (paper 003, section 4.2)", () => {
  /** What the others do all along. */
  const others: readonly [string, Strategy | undefined][] = [
    ["honest", undefined],
    ["missing a seventh of all values in every second slot", ({ slot }) => (slot % 2 === 0 ? [] : seventh)],
  ];
  for (const [what, strategy] of others) {
    it(`no operator gains by departing from it alone, blocking aside; the others ${what}`, function run() {
      this.timeout(120_000);
      const found = deviations(strategy === undefined ? base : { ...base, strategy });
      expect(found).to.have.length(20);
      for (const { what: how, seat, corollary, pays, change } of found) {
        if (corollary === 3) continue;
        expect(pays, `operator ${seat + 1} ${how}: ${change}`).to.equal(false);
        expect(change).to.be.below(0);
      }
      for (const { corollary, pays, change } of found) {
        if (corollary !== 3 || strategy !== undefined) continue;
        expect(pays, "blocking pays, as Corollary 3 says").to.equal(true);
        expect(change).to.be.above(20_000);
      }
    });
  }
});

describe("what withholding and blocking bring (paper 003, Theorem 2)", () => {
  const n = 4;
  const ofOthers = model.meterNames
    .map((_, i) => i)
    .filter((i) => model.ownerOfRow[i] !== model.ownerOfRow[3]);

  for (const [k, l] of [
    [1, 0],
    [0, 1],
    [2, 5],
    [0, 0],
  ] as const) {
    it(`is the formula, slot by slot, for k = ${k} and l = ${l}`, () => {
      const seat = model.ownerOfRow[3]!;
      const mine = model.meterNames.map((_, i) => i).filter((i) => model.ownerOfRow[i] === seat);
      const chosen = [...mine.slice(0, k), ...ofOthers.slice(0, l)];
      const seen: { complete: boolean; charge: number; there: boolean }[] = [];
      const strategy: Strategy = ({ reported, charges }) => {
        seen.push({
          complete: Array.from(reported).every((x) => x === 1),
          charge: charges()?.[seat] ?? 0,
          there: chosen.every((i) => reported[i] === 1),
        });
        return chosen;
      };
      const honest = simulateSlots({ ...base, slots: 300 });
      const played = simulateSlots({ ...base, slots: 300, strategy });
      let compared = 0;
      for (const [slot, { complete, charge, there }] of seen.entries()) {
        // The theorem is about values that would have made it.
        if (!there) continue;
        const gained = played.changes[slot]![seat]! - honest.changes[slot]![seat]!;
        const expected = withholdingProfit(terms, { own: k, blocked: l, operators: n, complete, charge });
        expect(gained).to.be.closeTo(expected, n + 1);
        if (charge !== 0) compared++;
      }
      expect(compared).to.be.above(20);
    });
  }

  it("never pays to withhold where A is at most (R+Q)/(n-1), for any coalition (Corollary 2)", () => {
    for (let operators = 2; operators <= 12; operators++) {
      const most = (terms.reward + terms.missingPenalty) / BigInt(operators - 1);
      const bounds = withholdingBounds({ ...terms, anomalyPenalty: most }, operators);
      expect(bounds).to.have.length(operators - 1);
      for (const bound of bounds) {
        expect(bound.sharingAlwaysPays).to.equal(true);
        // The coalition's members together, from the theorem: one withholds, the others receive.
        const { coalition } = bound;
        const one = { own: 1, blocked: 0, operators, complete: false, charge: 0 };
        const other = { own: 0, blocked: 1, operators, complete: false, charge: 0 };
        const together = withholdingProfit(terms, one) + (coalition - 1) * withholdingProfit(terms, other);
        expect(-together).to.be.closeTo(bound.withholdAbove, 1e-6);
        expect(coalition * withholdingProfit(terms, other)).to.be.closeTo(bound.blockingPerValue, 1e-6);
      }
      const beyond = withholdingBounds({ ...terms, anomalyPenalty: most + 2n }, operators);
      expect(beyond.at(-1)!.sharingAlwaysPays, "one beyond, all but one together").to.equal(false);
    }
  });

  it("blocking pays unless one gains more by the alarm than the values bring (Corollary 3)", () => {
    const perValue = withholdingBounds(terms, n)[0]!.blockingPerValue;
    const profit = (charge: number): number =>
      withholdingProfit(terms, { own: 0, blocked: 2, operators: n, complete: true, charge });
    expect(profit(-2 * perValue + 1)).to.be.above(0);
    expect(profit(-2 * perValue - 1)).to.be.below(0);
  });
});

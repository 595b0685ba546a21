import { expect } from "chai";
import { describe, it } from "mocha";
import { GridFileError } from "../../../workers/grid/errors.js";
import { decideToJoin } from "../../../workers/incentives/decideToJoin.js";
import { IncentiveArgumentError } from "../../../workers/incentives/errors.js";
import { exampleScenarios } from "../../../workers/incentives/exampleScenarios.js";
import { type AttackScenario, readScenarios } from "../../../workers/incentives/scenarios.js";

const attack: AttackScenario = {
  name: "attack",
  // One in ten thousand slots of an hour.
  timesPerYear: 0.876_6,
  detectableAlone: false,
  detectableTogether: true,
  costDetected: 1_000,
  costUndetected: 11_000,
};
const given = {
  description: "",
  operator: "A",
  currency: "EUR",
  creditPrice: 0.01,
  slotSeconds: 3_600,
  scenarios: [attack],
};

describe("the decision to join (paper 003, section 6.1)", () => {
  it("joins exactly if what attacks cost less outweighs the credits that are lost", () => {
    const { scenarios, saved, breakEvenPrice } = decideToJoin(given, -99);
    expect(scenarios[0]!.likelihoodPerSlot).to.be.closeTo(1e-4, 1e-12);
    expect(saved).to.be.closeTo(1, 1e-9);
    expect(decideToJoin(given, -99).join).to.equal(true);
    expect(decideToJoin(given, -101).join).to.equal(false);
    expect(breakEvenPrice).to.be.closeTo(1 / 99, 1e-9);
    const at = (factor: number) =>
      decideToJoin({ ...given, creditPrice: factor * breakEvenPrice! }, -99).join;
    expect([at(0.999), at(1.001)]).to.deep.equal([true, false]);
  });

  it("joins whatever attacks cost if credits are gained", () => {
    const found = decideToJoin({ ...given, scenarios: [{ ...attack, detectableTogether: false }] }, 1);
    expect(found).to.include({ saved: 0, join: true, breakEvenPrice: undefined });
  });

  it("counts no attack that the operator detects alone, or that nobody detects", () => {
    const scenarios = [
      { ...attack, detectableAlone: true },
      { ...attack, detectableTogether: false },
    ];
    const found = decideToJoin({ ...given, scenarios }, -1);
    expect(found.saved).to.equal(0);
    expect(found.join).to.equal(false);
    expect(found.scenarios.map(({ costAlone }) => costAlone)).to.deep.equal(
      found.scenarios.map(({ costTogether }) => costTogether),
    );
  });

  it("refuses a scenario that is detected alone and not together", () => {
    const scenarios = [{ ...attack, detectableAlone: true, detectableTogether: false }];
    expect(() => decideToJoin({ ...given, scenarios }, 0)).to.throw(
      IncentiveArgumentError,
      /scenario "attack"/u,
    );
  });

  it("has an example that joins, that says it is invented, and that its own reader takes", () => {
    const read = readScenarios(JSON.stringify(exampleScenarios), "example.json");
    expect(read).to.deep.equal(exampleScenarios);
    expect(read.description).to.match(/invented/iu);
    expect(decideToJoin(read, -20_000).join).to.equal(true);
    expect(decideToJoin(read, -10_000_000).join).to.equal(false);
  });
});

/** Reads the scenarios with something changed: refused at this line. */
function broken(change: object, line: number, problem: RegExp): void {
  const text = JSON.stringify({ ...given, ...change }, null, 1);
  expect(() => readScenarios(text, "s.json")).to.throw(GridFileError, problem);
  expect(() => readScenarios(text, "s.json")).to.throw(`s.json:${line}:`);
}

describe("files of scenarios", () => {
  it("name the line and the member that is wrong", () => {
    broken({ slotSeconds: 0 }, 6, /slotSeconds/u);
    broken({ scenarios: [{ ...attack, costDetected: -1 }] }, 13, /scenarios\[0\]\.costDetected/u);
    broken({ scenarios: [{ ...attack, timesPerYear: "often" }] }, 10, /expected number, found "often"/u);
    broken({ scenarios: [] }, 7, /scenarios/u);
    broken({ probability: 1 }, 1, /only known members, found "probability"/u);
  });

  it("leave the operator's credits to the case, or state them", () => {
    expect(readScenarios(JSON.stringify(given), "s.json").creditChangePerSlot).to.equal(undefined);
    const stated = readScenarios(JSON.stringify({ ...given, creditChangePerSlot: -5 }), "s.json");
    expect(stated.creditChangePerSlot).to.equal(-5);
  });
});

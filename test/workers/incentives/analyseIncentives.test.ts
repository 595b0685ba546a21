import { expect } from "chai";
import { describe, it } from "mocha";
import { NotObservableError } from "../../../workers/estimation/errors.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { measurementModel } from "../../../workers/grid/measurementModel.js";
import { analyseIncentives, type AnalysisInput } from "../../../workers/incentives/analyseIncentives.js";
import { defaultSensitiveBuses } from "../../../workers/incentives/defaultSensitiveBuses.js";
import { withRows } from "../../../workers/incentives/withRows.js";
import { incentiveReport } from "../../../workers/report/incentiveReport.js";
import { builtinModel, symmetricModel, terms } from "./tinyModel.js";

const input: AnalysisInput = {
  model: builtinModel("ieee14"),
  references: [1],
  terms,
  falseAlarm: 0.2,
  epsilon: 0.001,
  sensitiveBuses: [2, 9],
  chain: {
    validators: 4,
    offline: 0,
    blockSeconds: 5,
    roundSeconds: 10,
    slotSeconds: 60,
    cutOffSlots: 2,
    uploadSeconds: 10,
  },
  slots: 300,
  seed: 1,
};

describe("analyseIncentives", () => {
  it("finds what pays once A is far above what governance allows: escaping the alarm", () => {
    const found = analyseIncentives({ ...input, terms: { ...terms, anomalyPenalty: 9_000_000n } });
    expect(found.bounds.every(({ sharingAlwaysPays }) => !sharingAlwaysPays)).to.equal(true);
    const escapes = found.deviations.filter(({ what }) => /when the alarm would cost it/u.test(what));
    expect(escapes).to.have.length(4);
    expect(escapes.some(({ pays }) => pays)).to.equal(true);
  });

  it("goes on where meters are critical: none of them is left out, and no alarm costs anything without redundancy", () => {
    // A flow meter at one end of each line of a star.
    const star = symmetricModel(3);
    const model = withRows(star, [1, 0, 1, 0, 1, 0]);
    const found = analyseIncentives({
      ...input,
      model,
      sensitiveBuses: [2],
      chain: { ...input.chain, validators: 3 },
    });
    expect(found.deviations.some(({ corollary }) => corollary === 1)).to.equal(false);
    for (const { terms: parts, registrationThreshold } of found.operators) {
      expect(Math.abs(parts.anomaly)).to.equal(0);
      expect(registrationThreshold).to.be.closeTo(1 / 90, 1e-12);
    }
  });

  it("gives an operator without meters the threshold of any meter, and its part of what others earn", () => {
    const model = { ...input.model, operators: [...input.model.operators, { name: "Operator 5" }] };
    const chain = { ...input.chain, validators: 5 };
    const { operators } = analyseIncentives({ ...input, model, chain });
    expect(operators[4]).to.include({ meters: 0, meterShare: 0, registrationThreshold: 1_000 / 90_000 });
    expect(operators[4]!.expectedGain).to.be.below(0);
    expect(operators.reduce((sum, { expectedGain }) => sum + expectedGain, 0)).to.be.closeTo(0, 1e-6);
  });

  it("has curves of the gain that pass through the gain at its ε, sum to zero and turn at R/(R+Q)", () => {
    const found = analyseIncentives({ ...input, epsilon: 1.5 / 90 / 4, slots: 0 });
    const at = found.curves.find(({ epsilon }) => Math.abs(epsilon - found.epsilon) < 1e-12)!;
    for (const [seat, gain] of at.gains.entries())
      expect(gain).to.be.closeTo(found.operators[seat]!.expectedGain, 1e-6);
    const largest = found.operators.reduce(
      (best, { meters }, i, all) => (meters > all[best]!.meters ? i : best),
      0,
    );
    for (const { epsilon, gains } of found.curves) {
      expect(gains.reduce((sum, x) => sum + x, 0)).to.be.closeTo(0, 1e-6);
      if (Math.abs(epsilon - 1 / 90) > 1e-3) expect(gains[largest]! > 0).to.equal(epsilon < 1 / 90);
    }
  });

  it("refuses a grid that its meters do not determine", () => {
    const model = withRows(
      input.model,
      input.model.meterNames.map((_, meter) => (meter < 5 ? 1 : 0)),
    );
    expect(() => analyseIncentives({ ...input, model })).to.throw(NotObservableError);
  });

  it("makes a page of it, with names escaped", () => {
    const model = {
      ...input.model,
      operators: input.model.operators.map(({ name }) => ({ name: `<${name}>` })),
    };
    const page = incentiveReport("A & B", analyseIncentives({ ...input, model, slots: 20 }));
    expect(page).to.include("A &amp; B").and.to.include("&lt;Operator 1&gt;").and.not.to.include("<Operator");
    expect(page.match(/<svg role="img"/gu)).to.have.length(4);
    expect(page).to.not.match(/NaN|undefined|href|src=/u);
  });
});

describe("withRows", () => {
  it("keeps the rows of registered meters and all virtual rows as they were", () => {
    const grid = compileGrid(builtinCase("ieee14"));
    const meters = [
      { id: "F1", kind: "flowFrom" as const, place: 1, sigma: 2, owner: "A" },
      { id: "I2", kind: "injection" as const, place: 2, sigma: 3, owner: "B" },
      { id: "F3", kind: "flowFrom" as const, place: 3, sigma: 4, owner: "A" },
    ];
    const plan = { meters, zeroInjections: [7], zeroInjectionSigma: 1 };
    const all = {
      model: measurementModel(grid, plan),
      ownerOfRow: Int32Array.of(0, 1, 0, -1),
      operators: [{ name: "A" }, { name: "B" }],
      meterNames: ["F1", "I2", "F3"],
      busOfState: [],
    };
    const kept = withRows(all, [1, 0, 1]);
    expect(kept.model).to.deep.equal(measurementModel(grid, { ...plan, meters: [meters[0]!, meters[2]!] }));
    expect([...kept.ownerOfRow]).to.deep.equal([0, 0, -1]);
    expect(kept.meterNames).to.deep.equal(["F1", "F3"]);
    expect(withRows(all, [1, 1, 1])).to.deep.equal(all);
  });
});

describe("defaultSensitiveBuses", () => {
  it("names the buses with the largest load or generation, ascending", () => {
    const grid = compileGrid(builtinCase("ieee118"));
    const chosen = defaultSensitiveBuses(grid);
    expect(chosen).to.have.length(10);
    expect(chosen).to.deep.equal([...chosen].sort((a, b) => a - b));
    const power = (number: number): number => {
      const { loadKw, generationKw } = grid.buses.find((bus) => bus.number === number)!;
      return Math.max(loadKw, generationKw);
    };
    const least = Math.min(...chosen.map(power));
    for (const { number } of grid.buses)
      if (!chosen.includes(number)) expect(power(number)).to.be.at.most(least);
    expect(defaultSensitiveBuses(compileGrid(builtinCase("ieee14")), 100)).to.have.length(14);
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { describeDemo } from "../../../workers/demo/describeDemo.js";
import { quietSlot, resultOf, tinyGrid } from "./tinyDemo.js";

const [first] = tinyGrid.meters;
const words = (...args: Parameters<typeof resultOf>): string => describeDemo(resultOf(...args)).join("\n");

describe("describeDemo", () => {
  it("says who was silent, for what, and what the estimate puts there", () => {
    const gaps = [
      { meter: 0, filledKw: 12_340, exactKw: 12_000 },
      { meter: 1, filledKw: -500, exactKw: -600 },
    ];
    const text = words([quietSlot({ event: "silent", complete: false, gaps })]);
    expect(text).to.contain(`In slot 7 ${first!.owner} was silent for ${first!.id}`);
    expect(text).to.contain(`${first!.id} at 12.3 MW (truth 12.0 MW)`);
    expect(text).to.contain("closed incomplete");
    expect(text).to.contain("Operator 1 +5, Operator 2 -2 and Operator 3 -3");
  });

  it("says when the silence leaves the grid unobservable", () => {
    const gaps = [{ meter: 0, filledKw: undefined, exactKw: 12_000 }];
    expect(words([quietSlot({ event: "silent", complete: false, gaps, objective: undefined })])).to.contain(
      "the grid is not observable, so there is no estimate",
    );
  });

  it("names the falsified meter, the error and the suspect", () => {
    const text = words([
      quietSlot({
        event: "falsified",
        falsification: { meter: 0, errorKw: -16_900, identifiable: true },
        objective: 587.44,
        suspects: [{ meter: 0, normalisedResidual: 20.07, errorKw: -17_100 }],
      }),
    ]);
    expect(text).to.contain("-16.9 MW off the truth: J rose to 587.4, above τ = 40.0");
    expect(text).to.contain(`20.1, is that of ${first!.id}, which is that meter, with an error of -17.1 MW`);
  });

  it("says plainly that the residuals point elsewhere, or that nothing was seen", () => {
    const event = "falsified" as const;
    const falsification = { meter: 0, errorKw: -16_900, identifiable: true };
    const elsewhere = [{ meter: 1, normalisedResidual: 9, errorKw: 1 }];
    expect(words([quietSlot({ event, falsification, objective: 99, suspects: elsewhere })])).to.contain(
      "which is another one",
    );
    expect(words([quietSlot({ event, falsification, objective: 30 })])).to.contain("it was not seen");
  });

  it("gives the figures of a refusal", () => {
    const refusal = {
      by: "Operator 2",
      error: "SlotLedgerOverStated",
      message: "",
      bus: 13,
      shiftRad: 0.01,
      overStatement: 16_600,
      allowed: 0.000235,
    };
    expect(words([quietSlot({ event: "wrongEstimate", refusals: [refusal] })])).to.contain(
      "the worker of Operator 2 submitted an estimate that is 0.01 rad off at bus 13; the contract refused it with " +
        "SlotLedgerOverStated: it over-states J by up to 1.66e+4, and 0.000235 is allowed",
    );
  });

  it("does not hide an alarm by chance", () => {
    const text = words([quietSlot({ objective: 41 })]);
    expect(text).to.contain("J = 41.0 is above τ = 40.0 by chance: nobody falsified anything");
    expect(text).not.to.contain("without incident");
  });

  it("says what was left out, and whether the credits add up", () => {
    const text = words([quietSlot()], { leftOut: ["silent", "wrongEstimate"] });
    expect(text).to.contain(
      "One slot leaves no room for the silent operator and the wrong estimate: left out.",
    );
    expect(text).to.contain("The deposits were 300 credits; the balances add up to the same at the end.");
    expect(words([quietSlot({ totalCredits: 301n })])).to.contain("the balances add up to 301 at the end.");
  });
});

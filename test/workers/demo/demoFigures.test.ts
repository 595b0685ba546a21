import { expect } from "chai";
import { describe, it } from "mocha";
import { creditFigure, demoFigures } from "../../../workers/demo/demoFigures.js";
import { quietSlot, resultOf, tinyGrid } from "./tinyDemo.js";

describe("demoFigures", () => {
  it("has the case's sizes, the balances at the end, and a figure for each slot", () => {
    const falsified = quietSlot({
      slot: 8,
      objective: 400,
      suspects: [{ meter: 4, normalisedResidual: 20.5, errorKw: 16_000 }],
    });
    expect(demoFigures(resultOf([quietSlot(), falsified]))).to.deep.equal({
      case: "ieee14",
      buses: 14,
      lines: 20,
      meters: 34,
      states: 13,
      operators: [
        { name: "Operator 1", address: `0x${"0".repeat(40)}`, credits: 105 },
        { name: "Operator 2", address: `0x${"1".repeat(40)}`, credits: 98 },
        { name: "Operator 3", address: `0x${"2".repeat(40)}`, credits: 97 },
      ],
      depositTotal: 300,
      creditTotal: 300,
      slots: [
        {
          slot: 7,
          missing: 0,
          objective: 20,
          threshold: 40,
          suspects: [],
          gas: { upload: 200_000, settle: 100_000, perMeter: 300_000 / 34 },
          refused: [],
        },
        {
          slot: 8,
          missing: 0,
          objective: 400,
          threshold: 40,
          suspects: [{ meter: tinyGrid.meters[4]!.id, normalisedResidual: 20.5 }],
          gas: { upload: 200_000, settle: 100_000, perMeter: 300_000 / 34 },
          refused: [],
        },
      ],
    });
  });

  it("has null for a slot that could not be estimated", () => {
    const gap = { meter: 0, filledKw: undefined, exactKw: 1 };
    const [slot] = demoFigures(
      resultOf([quietSlot({ complete: false, gaps: [gap], objective: undefined, threshold: undefined })]),
    ).slots;
    expect(slot).to.include({ missing: 1, objective: null, threshold: null });
  });
});

describe("creditFigure", () => {
  it("is a number as long as that is exact, then a string", () => {
    expect(creditFigure(0n)).to.equal(0);
    expect(creditFigure(2n ** 53n - 1n)).to.equal(2 ** 53 - 1);
    expect(creditFigure(2n ** 53n)).to.equal("9007199254740992");
    expect(creditFigure(-(2n ** 60n))).to.equal("-1152921504606846976");
  });
});

import { expect } from "chai";
import { describe, it } from "mocha";
import { checkDemo } from "../../../workers/demo/checkDemo.js";
import type { Refusal, SlotOutcome } from "../../../workers/demo/types.js";
import { quietSlot, tinyGrid } from "./tinyDemo.js";

const refusal: Refusal = {
  by: "Operator 2",
  error: "SlotLedgerOverStated",
  message: "SlotLedgerOverStated(slot = 9)",
  bus: 3,
  shiftRad: 0.01,
  overStatement: 100,
  allowed: 4e-5,
};
const suspect = (meter: number) => ({ meter, normalisedResidual: 20, errorKw: 16_000 });
const silent = quietSlot({
  event: "silent",
  complete: false,
  gaps: [{ meter: 1, filledKw: 1, exactKw: 1 }],
});
const falsified = quietSlot({
  event: "falsified",
  falsification: { meter: 4, errorKw: 16_000, identifiable: true },
  objective: 400,
  workerObjective: 400,
  suspects: [suspect(4), suspect(5)],
});
const wrong = quietSlot({ event: "wrongEstimate", refusals: [refusal] });
const failed = (...slots: SlotOutcome[]): string[] =>
  checkDemo(tinyGrid, 300n, slots)
    .filter(({ held }) => !held)
    .map(({ claim }) => claim);
const falseId = tinyGrid.meters[4]!.id;

describe("checkDemo", () => {
  it("holds for a demo as it should be", () => {
    expect(checkDemo(tinyGrid, 300n, [quietSlot(), silent, falsified, wrong])).to.have.length(6);
    expect(failed(quietSlot(), silent, falsified, wrong)).to.be.empty;
  });

  for (const [what, slot, claim] of [
    [
      "a total that changed",
      quietSlot({ totalCredits: 301n }),
      "the credits add up to the deposits after every slot",
    ],
    [
      "balances that do not add up",
      quietSlot({ credits: [105n, 98n, 98n] }),
      "the credits add up to the deposits after every slot",
    ],
    [
      "an objective of the ledger that is another",
      quietSlot({ objective: 20.1 }),
      "every objective of the ledger is the worker's own",
    ],
    [
      "a silent slot that was settled",
      { ...silent, complete: true },
      "the slot with silent meters was closed incomplete",
    ],
    [
      "a false value below τ",
      { ...falsified, objective: 39, workerObjective: 39 },
      `the false value of ${falseId} drove J above τ`,
    ],
    [
      "another suspect",
      { ...falsified, suspects: [suspect(5), suspect(4)] },
      `the largest normalised residual is that of ${falseId}`,
    ],
    ["no suspect", { ...falsified, suspects: [] }, `the largest normalised residual is that of ${falseId}`],
    [
      "a wrong estimate that settled",
      { ...wrong, refusals: [] },
      "the wrong estimate was refused, and an honest one settled the slot",
    ],
    [
      "a wrong estimate refused for another reason",
      { ...wrong, refusals: [{ ...refusal, error: "SlotLedgerTooEarly" }] },
      "the wrong estimate was refused, and an honest one settled the slot",
    ],
  ] as const) {
    it(`fails on ${what}`, () => {
      expect(failed(slot)).to.deep.equal([claim]);
    });
  }

  it("claims nothing of a falsified meter that no residual can single out", () => {
    const hidden = {
      ...falsified,
      falsification: { ...falsified.falsification!, identifiable: false },
      suspects: [],
    };
    expect(failed(hidden)).to.be.empty;
  });
});

import { prepareGrid } from "../../../workers/demo/prepareGrid.js";
import type { DemoGrid, DemoResult, SlotOutcome } from "../../../workers/demo/types.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";

export const names = ["Operator 1", "Operator 2", "Operator 3"];

/** IEEE 14 among three operators. */
export const tinyGrid: DemoGrid = prepareGrid(builtinCase("ieee14"), names);

/** An honest slot in which nothing moves. */
export function quietSlot(differences: Partial<SlotOutcome> = {}): SlotOutcome {
  return {
    slot: 7,
    event: undefined,
    complete: true,
    settledBy: "Operator 1",
    gaps: [],
    falsification: undefined,
    refusals: [],
    objective: 20,
    threshold: 40,
    workerObjective: 20,
    overStatement: 1e-9,
    suspects: [],
    normalisedResiduals: new Float64Array(tinyGrid.meters.length),
    uploadGas: 200_000n,
    settleGas: 100_000n,
    moved: [5n, -2n, -3n],
    credits: [105n, 98n, 97n],
    totalCredits: 300n,
    ...differences,
  };
}

/** A demo of the slots given. */
export function resultOf(slots: readonly SlotOutcome[], differences: Partial<DemoResult> = {}): DemoResult {
  return {
    demoGrid: tinyGrid,
    operators: names.map((name, seat) => ({ name, address: `0x${String(seat).repeat(40)}` })),
    seed: 1,
    depositTotal: 300n,
    startCredits: [100n, 100n, 100n],
    falseAlarm: 0.01,
    versionGas: 1_000_000n,
    slots,
    leftOut: [],
    checks: [],
    ...differences,
  };
}

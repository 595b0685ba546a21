import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { partition } from "../../../workers/grid/partition.js";
import { incentiveModel } from "../../../workers/incentives/incentiveModel.js";
import type { CreditTerms, IncentiveModel } from "../../../workers/incentives/types.js";

/** Terms under which A is the most that governance allows among four operators. */
export const terms: CreditTerms = { reward: 1_000n, missingPenalty: 89_000n, anomalyPenalty: 30_000n };

/** A case that ships, divided under the default plan. */
export function builtinModel(name: "ieee14" | "ieee118", operators = 4): IncentiveModel {
  const grid = compileGrid(builtinCase(name));
  const names = Array.from({ length: operators }, (_, i) => `Operator ${i + 1}`);
  return incentiveModel(grid, defaultPlan(grid, partition(grid, names)), names);
}

/**
 * A star of one bus for each operator around the reference: lines of equal susceptance, a flow meter of the operator at
 * both ends. Every operator is as every other.
 */
export function symmetricModel(operators: number): IncentiveModel {
  const rows = 2 * operators;
  return {
    model: {
      h: {
        rows,
        columns: operators,
        start: Int32Array.from({ length: rows + 1 }, (_, i) => i),
        column: Int32Array.from({ length: rows }, (_, i) => i >> 1),
        value: Float64Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 1 : -1)),
      },
      weight: new Float64Array(rows).fill(1),
      offset: new Float64Array(rows),
    },
    ownerOfRow: Int32Array.from({ length: rows }, (_, i) => i >> 1),
    operators: Array.from({ length: operators }, (_, i) => ({ name: `Operator ${i + 1}` })),
    meterNames: Array.from({ length: rows }, (_, i) => `F${i}`),
    busOfState: Array.from({ length: operators }, (_, i) => i + 2),
  };
}

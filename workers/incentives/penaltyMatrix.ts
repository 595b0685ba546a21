import { coalitionRows } from "./coalitionRows.js";
import { residualColumns } from "./residualColumns.js";
import type { IncentiveModel } from "./types.js";

/** The quadratic form of Theorem 3 over α = (a, z). */
export interface PenaltyMatrix {
  /** Entries of a: one distortion per meter. */
  readonly meters: number;
  /** Entries of α: distortions of the meters, then measurements of all rows; 0 at virtual rows. */
  readonly size: number;
  /** Q by rows, symmetric, size × size. */
  readonly q: Float64Array;
}

/**
 * The matrix Q of paper 003, Theorem 3, restored and with weights: with r(a) = B(z + a),
 *
 *     αᵀQα = Σ_o w(r(a)² - r(0)²) - |M_o|/|M| · Σ_M w(r(a)² - r(0)²)
 *
 * Q = [F F; F 0] with F = Bᵀ(W_o - |M_o|/|M| W_M)B. The factor A/S of equation (1), which is not the same with and
 * without a, is not in it: its sign is that of the change of the penalty where r(0) = 0, but not among honest residuals
 * that are not zero (docs/coalitions.md).
 *
 * Dense, (|M| + rows)² numbers: for small grids.
 *
 * @throws IncentiveArgumentError on seats that there are not; NotObservableError when the meters leave a state open.
 */
export function penaltyMatrix(incentiveModel: IncentiveModel, members: readonly number[]): PenaltyMatrix {
  const { model, meterNames } = incentiveModel;
  const { rows } = model.h;
  const { own } = coalitionRows(incentiveModel, members);
  const meters = meterNames.length;
  const maker = residualColumns(
    model,
    Array.from({ length: rows }, (_, i) => i),
  );
  const factor = new Float64Array(meters).fill(-own.length / meters);
  for (const i of own) factor[i]! += 1;

  const size = meters + rows;
  const q = new Float64Array(size * size);
  for (let i = 0; i < meters; i++) {
    for (let j = 0; j < rows; j++) {
      let sum = 0;
      for (let k = 0; k < meters; k++) sum += factor[k]! * maker[k * rows + i]! * maker[k * rows + j]!;
      const entry = sum * Math.sqrt(model.weight[i]! * model.weight[j]!);
      if (j < meters) q[i * size + j] = entry;
      q[i * size + meters + j] = entry;
      q[(meters + j) * size + i] = entry;
    }
  }
  return { meters, size, q };
}

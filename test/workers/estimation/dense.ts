import { diag, inv, multiply, transpose } from "mathjs";
import type { TestModel } from "./models.js";

/** The slow reference: dense matrices by mathjs. */
export interface DenseEstimate {
  readonly theta: number[];
  readonly residual: number[];
  readonly objective: number;
  /** G⁻¹. */
  readonly inverse: number[][];
  /** Ω = W⁻¹ - HG⁻¹Hᵀ, the covariance of the residuals. */
  readonly covariance: number[][];
}

/** @param rows those in use; all if left out. */
export function denseEstimate(
  model: TestModel,
  z: ArrayLike<number>,
  rows = model.dense.map((_, i) => i),
): DenseEstimate {
  const h = rows.map((i) => model.dense[i]!);
  const weight = rows.map((i) => model.weight[i]!);
  const y = rows.map((i) => z[i]! + model.offset[i]!);
  const ht = transpose(h);
  const htw = multiply(ht, diag(weight) as unknown as number[][]);
  const inverse = inv(multiply(htw, h));
  const theta = multiply(inverse, multiply(htw, y));
  const residual = y.map((v, k) => v - h[k]!.reduce((sum, c, j) => sum + c * theta[j]!, 0));
  const spread = multiply(multiply(h, inverse), ht);
  return {
    theta,
    residual,
    objective: residual.reduce((sum, r, k) => sum + weight[k]! * r * r, 0),
    inverse,
    covariance: spread.map((row, i) => row.map((v, j) => (i === j ? 1 / weight[i]! : 0) - v)),
  };
}

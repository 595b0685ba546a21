import { factorizeSymmetric } from "../estimation/factorizeSymmetric.js";
import { seededRandom } from "../grid/seededRandom.js";
import type { IntegerGain } from "./integerGain.js";

/** Enough to be off by a few percent: the guess only has to be near. */
const ROUNDS = 40;

/**
 * About the smallest eigenvalue of a gain matrix, by inverse iteration in double precision, from a fixed start, so that the
 * same version gives the same number everywhere. Too large rather than too small.
 *
 * @throws SingularMatrixError if it is zero to double precision.
 */
export function smallestEigenvalue(gain: IntegerGain): number {
  const rows: number[] = [];
  const columns: number[] = [];
  const values: number[] = [];
  gain.columns.forEach((column, j) => {
    for (const [i, value] of column) {
      rows.push(i);
      columns.push(j);
      values.push(Number(value));
    }
  });
  const factor = factorizeSymmetric({ n: gain.n, rows, columns, values });
  const random = seededRandom(1);
  let x: Float64Array = Float64Array.from({ length: gain.n }, () => random() - 0.5);
  for (let round = 0; round < ROUNDS; round++) {
    const length = norm(x);
    x = factor.solve(x.map((v) => v / length));
  }
  return 1 / norm(x);
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (const v of x) sum += v * v;
  return Math.sqrt(sum);
}

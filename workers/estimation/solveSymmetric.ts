import { factorizeSymmetric } from "./factorizeSymmetric.js";

/**
 * x with `Ax = rhs` for a sparse symmetric A, with one step of iterative refinement.
 *
 * @param rows, columns, values triplets of A: each off-diagonal pair on one side of the diagonal only, either one; entries
 *   at the same place add up.
 * @throws SingularMatrixError on a zero pivot.
 */
export function solveSymmetric(
  n: number,
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  values: ArrayLike<number>,
  rhs: ArrayLike<number>,
): Float64Array {
  return factorizeSymmetric({ n, rows, columns, values }).solve(rhs);
}

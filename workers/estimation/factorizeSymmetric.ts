import { SingularMatrixError } from "./errors.js";
import { factorizeNumeric, solveFactored } from "./numeric.js";
import { minimumDegreeOrder } from "./order.js";
import { analyseSymbolic } from "./symbolic.js";

/**
 * A symmetric matrix as triplets: each off-diagonal pair is given on one side of the diagonal only, either one;
 * entries at the same place add up.
 */
export interface SymmetricTriplets {
  readonly n: number;
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Solves `Ax = b` for further right-hand sides. */
export interface SymmetricFactor {
  /** Entries of L, diagonal included. */
  readonly nonzeros: number;
  /** x, with one step of iterative refinement; `b` is left as it is. */
  solve(b: ArrayLike<number>): Float64Array;
}

/** A pivot that has lost all digits of its diagonal entry, or of the largest in its column. */
const ZERO_PIVOT = 1e-14;

/**
 * `PAPᵀ = LDLᵀ` of any sparse symmetric matrix whose pivots stay away from zero; D may have either sign, as with lines
 * of negative reactance.
 *
 * @throws SingularMatrixError on a zero pivot.
 */
export function factorizeSymmetric(matrix: SymmetricTriplets): SymmetricFactor {
  const { n, rows, columns, values } = matrix;
  const count = values.length;
  const start = new Int32Array(n + 1);
  for (let t = 0; t < count; t++) {
    const i = rows[t]!;
    const j = columns[t]!;
    if (!(i >= 0 && i < n && j >= 0 && j < n)) throw new RangeError(`entry ${t} is at (${i}, ${j}), of ${n}`);
    if (i === j) continue;
    start[i + 1]!++;
    start[j + 1]!++;
  }
  for (let j = 0; j < n; j++) start[j + 1]! += start[j]!;
  const all = new Int32Array(start[n]!);
  const fill = start.slice(0, n);
  for (let t = 0; t < count; t++) {
    const i = rows[t]!;
    const j = columns[t]!;
    if (i === j) continue;
    all[fill[i]!++] = j;
    all[fill[j]!++] = i;
  }
  const pattern = { n, ...distinct(n, start, all) };
  const symbolic = analyseSymbolic(pattern, minimumDegreeOrder(pattern));
  const { position, order, columnStart, row } = symbolic;

  const factor = new Float64Array(row.length);
  const scale = new Float64Array(n);
  for (let t = 0; t < count; t++) {
    const a = position[rows[t]!]!;
    const b = position[columns[t]!]!;
    const below = Math.max(a, b);
    let p = columnStart[Math.min(a, b)]!;
    while (row[p] !== below) p++;
    factor[p]! += values[t]!;
    const size = Math.abs(values[t]!);
    scale[a] = Math.max(scale[a]!, size);
    scale[b] = Math.max(scale[b]!, size);
  }
  const inversePivot = new Float64Array(n);
  const zeroPivots = new Int32Array(n);
  const zeros = factorizeNumeric(symbolic, factor, inversePivot, scale, ZERO_PIVOT, zeroPivots);
  if (zeros > 0)
    throw new SingularMatrixError(
      Array.from(zeroPivots.subarray(0, zeros), (k) => order[k]!).sort((a, b) => a - b),
    );

  const solveOnce = (b: Float64Array): Float64Array => {
    const x = new Float64Array(n);
    for (let k = 0; k < n; k++) x[k] = b[order[k]!]!;
    solveFactored(symbolic, factor, inversePivot, x);
    const out = new Float64Array(n);
    for (let k = 0; k < n; k++) out[order[k]!] = x[k]!;
    return out;
  };
  return {
    nonzeros: row.length,
    solve(b) {
      const residual = Float64Array.from(b);
      const x = solveOnce(residual);
      for (let t = 0; t < count; t++) {
        const i = rows[t]!;
        const j = columns[t]!;
        residual[i]! -= values[t]! * x[j]!;
        if (i !== j) residual[j]! -= values[t]! * x[i]!;
      }
      const step = solveOnce(residual);
      for (let k = 0; k < n; k++) x[k]! += step[k]!;
      return x;
    },
  };
}

/** Lists with repeated entries removed. */
function distinct(n: number, start: Int32Array, all: Int32Array): { start: Int32Array; index: Int32Array } {
  const seen = new Int32Array(n).fill(-1);
  const kept = new Int32Array(n + 1);
  let out = 0;
  for (let j = 0; j < n; j++) {
    for (let p = start[j]!; p < start[j + 1]!; p++) {
      const i = all[p]!;
      if (seen[i] === j) continue;
      seen[i] = j;
      all[out++] = i;
    }
    kept[j + 1] = out;
  }
  return { start: kept, index: all.subarray(0, out) };
}

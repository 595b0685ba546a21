/** `A = QR`, by rows: Q rows × columns with orthonormal columns, R columns × columns, upper triangular. */
export interface ThinQr {
  readonly q: Float64Array;
  readonly r: Float64Array;
}

/**
 * QR of a dense matrix by Householder reflections. The columns of Q are orthonormal to rounding whatever A is.
 *
 * @param a by rows; at least as many rows as columns.
 */
export function thinQr(a: Float64Array, rows: number, columns: number): ThinQr {
  const work = a.slice();
  const scale = new Float64Array(columns);
  const sums = new Float64Array(columns);
  const diagonals = new Float64Array(columns);
  for (let k = 0; k < columns; k++) {
    let length = 0;
    for (let i = k; i < rows; i++) length = Math.hypot(length, work[i * columns + k]!);
    const pivot = work[k * columns + k]!;
    const diagonal = pivot > 0 ? -length : length;
    // The reflection I - vvᵀ/scale, with v in column k from row k on, takes that column to (diagonal, 0, …).
    scale[k] = length * (length + Math.abs(pivot));
    work[k * columns + k] = pivot - diagonal;
    if (scale[k]! > 0) reflect(work, work, k, k + 1);
    diagonals[k] = diagonal;
  }

  const r = new Float64Array(columns * columns);
  for (let k = 0; k < columns; k++) {
    r[k * columns + k] = diagonals[k]!;
    for (let j = k + 1; j < columns; j++) r[k * columns + j] = work[k * columns + j]!;
  }
  const q = new Float64Array(rows * columns);
  for (let k = 0; k < columns; k++) q[k * columns + k] = 1;
  for (let k = columns - 1; k >= 0; k--) if (scale[k]! > 0) reflect(work, q, k, k);
  return { q, r };

  /** Applies reflection k of `from` to columns `first`.. of `to`, row by row, as memory lies. */
  function reflect(from: Float64Array, to: Float64Array, k: number, first: number): void {
    for (let j = first; j < columns; j++) sums[j] = 0;
    for (let i = k; i < rows; i++) {
      const v = from[i * columns + k]!;
      if (v !== 0) for (let j = first; j < columns; j++) sums[j]! += v * to[i * columns + j]!;
    }
    for (let i = k; i < rows; i++) {
      const v = from[i * columns + k]! / scale[k]!;
      if (v !== 0) for (let j = first; j < columns; j++) to[i * columns + j]! -= v * sums[j]!;
    }
  }
}

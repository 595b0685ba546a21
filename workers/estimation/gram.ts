/** AᵀA of a dense matrix by rows. */
export function gram(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(columns * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const v = a[i * columns + j]!;
      if (v !== 0) for (let k = 0; k < columns; k++) out[j * columns + k]! += v * a[i * columns + k]!;
    }
  }
  return out;
}

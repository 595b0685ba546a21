/**
 * Rank and undetermined columns of an integer matrix, by Gauss-Jordan elimination without fractions: exact.
 */
export function exactNullSpace(
  rows: readonly (readonly number[])[],
  columns: number,
): { rank: number; undetermined: number[] } {
  const a = rows.map((row) => row.map(BigInt));
  const pivotColumns: number[] = [];
  for (let j = 0; j < columns; j++) {
    const k = pivotColumns.length;
    const at = a.findIndex((row, i) => i >= k && row[j] !== 0n);
    if (at === -1) continue;
    [a[k], a[at]] = [a[at]!, a[k]!];
    const pivot = a[k];
    for (let i = 0; i < a.length; i++) {
      const factor = a[i]![j]!;
      if (i === k || factor === 0n) continue;
      a[i] = reduced(a[i]!.map((v, c) => v * pivot[j]! - pivot[c]! * factor));
    }
    pivotColumns.push(j);
  }
  // Reduced row echelon form: a pivot column is determined when its row has no free column.
  const undetermined = new Set<number>();
  for (let j = 0; j < columns; j++) if (!pivotColumns.includes(j)) undetermined.add(j);
  const free = [...undetermined];
  pivotColumns.forEach((j, k) => {
    if (free.some((f) => a[k]![f] !== 0n)) undetermined.add(j);
  });
  return { rank: pivotColumns.length, undetermined: [...undetermined].sort((x, y) => x - y) };
}

function reduced(row: bigint[]): bigint[] {
  let divisor = 0n;
  for (const v of row) {
    let [x, y] = [divisor, v < 0n ? -v : v];
    while (y !== 0n) [x, y] = [y, x % y];
    divisor = x;
  }
  return divisor > 1n ? row.map((v) => v / divisor) : row;
}

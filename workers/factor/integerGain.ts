import type { SymmetricPattern } from "../estimation/order.js";
import { integerRows } from "../grid/version/integerRows.js";
import type { VersionRecords } from "../grid/version/types.js";

/** The gain matrix `G = HᵀWH` of a version in its integers: columns are tree records without the roots. */
export interface IntegerGain {
  readonly n: number;
  /** By column: its entries on and below the diagonal, by row. */
  readonly columns: readonly ReadonlyMap<number, bigint>[];
}

/** The gain matrix of a version, exactly. */
export function integerGain(records: VersionRecords): IntegerGain {
  const { roots, buses } = records.geometry;
  const columns = Array.from({ length: buses - roots }, () => new Map<number, bigint>());
  for (const { weight, entries } of integerRows(records)) {
    const row = new Map<number, bigint>();
    for (const [bus, b] of entries) if (bus >= roots) row.set(bus - roots, (row.get(bus - roots) ?? 0n) + b);
    for (const [j, bj] of row) {
      for (const [i, bi] of row) {
        if (i < j) continue;
        const column = columns[j]!;
        column.set(i, (column.get(i) ?? 0n) + weight * bi * bj);
      }
    }
  }
  return { n: buses - roots, columns };
}

/** Where the entries of a gain matrix are. */
export function patternOf({ n, columns }: IntegerGain): SymmetricPattern {
  const lists = Array.from({ length: n }, (): number[] => []);
  columns.forEach((column, j) => {
    for (const i of column.keys()) {
      if (i === j) continue;
      lists[i]!.push(j);
      lists[j]!.push(i);
    }
  });
  const start = new Int32Array(n + 1);
  lists.forEach((list, j) => (start[j + 1] = start[j]! + list.length));
  return { n, start, index: Int32Array.from(lists.flat()) };
}

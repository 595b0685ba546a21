import type { SparseRows } from "../estimation/types.js";
import { sight } from "./sight.js";

/** The vector of a basis that a row sees best. */
export interface Pivot {
  readonly vector: Float64Array;
  /** What the row sees of it. */
  readonly size: number;
}

/**
 * Takes the vector that a row sees best out of a basis.
 *
 * @param basis Changed, if some vector is seen by more than `least`.
 * @param least What counts as seeing it.
 * @returns undefined if the row sees none of them.
 */
export function takePivot(
  rows: SparseRows,
  row: number,
  basis: Float64Array[],
  least: number,
): Pivot | undefined {
  const seen = basis.map((vector) => sight(rows, row, vector));
  const best = seen.reduce((most, value, k) => (Math.abs(value) > Math.abs(seen[most]!) ? k : most), 0);
  const size = seen[best];
  if (size === undefined || Math.abs(size) < least) return undefined;
  const [vector] = basis.splice(best, 1);
  return { vector: vector!, size };
}

import type { Analysis } from "../estimation/analysis.js";
import { nullSpace } from "../estimation/nullSpace.js";
import type { SparseRows } from "../estimation/types.js";
import { sight, subtract } from "./sight.js";
import { takePivot } from "./takePivot.js";

/**
 * For each critical row, the change of the states that it alone sees: what would be unseen without it.
 *
 * Without all k critical rows the null space has dimension k, for each of them adds one to the rank. Of its bases one
 * has each critical row see exactly one vector; Gauss-Jordan elimination finds it.
 *
 * @param h The rows that were analysed, columns by state.
 * @param critical Numbers of the critical rows.
 * @returns One vector for each critical row, by column of H, its largest entry ±1.
 */
export function unseenWithout(
  h: SparseRows,
  analysis: Analysis,
  critical: readonly number[],
): Float64Array[] {
  const inUse = new Uint8Array(h.rows).fill(1);
  for (const row of critical) inUse[row] = 0;
  const open = nullSpace(analysis, inUse);
  const own: Float64Array[] = [];
  for (const row of critical) {
    // One for each of them, since without it the rank would be one less.
    const { vector, size } = takePivot(h, row, open, 0)!;
    for (const other of [...open, ...own]) subtract(other, sight(h, row, other) / size, vector);
    own.push(vector);
  }
  return own;
}

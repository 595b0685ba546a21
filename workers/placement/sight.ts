import type { SparseRows } from "../estimation/types.js";

/** A row that sees less of a vector than this part of what it could is taken not to see it. */
export const UNSEEN = 1e-7;

/**
 * What a row of H sees of a change of the states, as a part of the most that it could: between -1 and 1.
 *
 * @param vector by column of H, its largest entry ±1.
 */
export function sight(h: SparseRows, row: number, vector: Float64Array): number {
  let seen = 0;
  let most = 0;
  for (let p = h.start[row]!; p < h.start[row + 1]!; p++) {
    seen += h.value[p]! * vector[h.column[p]!]!;
    most += Math.abs(h.value[p]!);
  }
  return most === 0 ? 0 : seen / most;
}

/** `vector - factor·by`, then scaled so that its largest entry is ±1; entries that are rounding become 0. */
export function subtract(vector: Float64Array, factor: number, by: Float64Array): void {
  if (factor === 0) return;
  let largest = 0;
  for (let j = 0; j < vector.length; j++) {
    const before = vector[j]!;
    const after = before - factor * by[j]!;
    vector[j] = Math.abs(after) < 1e-12 * (Math.abs(before) + Math.abs(factor * by[j]!)) ? 0 : after;
    largest = Math.max(largest, Math.abs(vector[j]!));
  }
  if (largest === 0) return;
  for (let j = 0; j < vector.length; j++) vector[j]! /= largest;
}

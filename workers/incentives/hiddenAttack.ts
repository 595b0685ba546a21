import type { Analysis } from "../estimation/analysis.js";
import { multiplyRow } from "../estimation/multiplyRow.js";
import { nullSpace } from "../estimation/nullSpace.js";
import type { SparseRows } from "../estimation/types.js";
import type { CoalitionRows } from "./coalitionRows.js";

/** Largest entry of the state vector, radians. */
const LARGEST = 0.01;
/** What is rounding: in a vector whose largest entry is 1, and in a row's value for it beside its largest coefficient. */
const ROUNDING = 1e-9;

/**
 * A false state that nobody else can see: c with Hc zero at every row but the coalition's own, so that values distorted
 * by a = Hc leave no residual at all (Liu, Ning, Reiter, "False data injection attacks against state estimation in
 * electric power grids", 2009). Of those that the elimination finds, the one that takes the fewest meters.
 *
 * @returns c, radians, one per column of H; undefined if others' rows determine every state.
 */
export function hiddenAttack(
  analysis: Analysis,
  h: SparseRows,
  rows: CoalitionRows,
): Float64Array | undefined {
  const touched = new Int32Array(h.columns);
  for (const i of rows.own) for (let p = h.start[i]!; p < h.start[i + 1]!; p++) touched[h.column[p]!]!++;
  // A single bus that nobody else sees.
  const [simplest] = [...rows.ownStates].sort((a, b) => touched[a]! - touched[b]! || a - b);
  if (simplest !== undefined) {
    const c = new Float64Array(h.columns);
    c[simplest] = LARGEST;
    return c;
  }
  let best: Float64Array | undefined;
  let fewest = Infinity;
  for (const vector of nullSpace(analysis, rows.othersInUse)) {
    const c = vector.map((value) => (Math.abs(value) > ROUNDING ? value : 0));
    const meters = rows.own.filter((i) => Math.abs(multiplyRow(h, i, c)) > ROUNDING * rowSize(h, i)).length;
    if (meters >= fewest) continue;
    fewest = meters;
    best = c.map((value) => LARGEST * value);
  }
  return best;
}

function rowSize({ start, value }: SparseRows, i: number): number {
  let size = 0;
  for (let p = start[i]!; p < start[i + 1]!; p++) size = Math.max(size, Math.abs(value[p]!));
  return size;
}

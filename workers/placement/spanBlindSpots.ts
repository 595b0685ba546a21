import type { SparseRows } from "../estimation/types.js";
import { sight, subtract, UNSEEN } from "./sight.js";
import { takePivot } from "./takePivot.js";

/**
 * The fewest rows that leave nothing unseen, taken from the first on wherever a row sees something new.
 *
 * Sets of rows that are independent on a null space of dimension k are the independent sets of a matroid: every such
 * set can be completed to k rows, k are needed, and the greedy choice finds the first such set in the order given
 * (Edmonds, "Matroids and the greedy algorithm", Math. Programming 1, 1971). So the choice is exact without search.
 *
 * @param rows Candidates, one row each.
 * @param blind Basis of what is not seen yet, by column of the rows; changed.
 * @returns Numbers of the chosen rows, ascending; fewer than `blind` had vectors if the rows cannot see everything.
 */
export function spanBlindSpots(rows: SparseRows, blind: readonly Float64Array[]): number[] {
  const open = [...blind];
  const chosen: number[] = [];
  for (let row = 0; row < rows.rows && open.length > 0; row++) {
    const pivot = takePivot(rows, row, open, UNSEEN);
    if (pivot === undefined) continue;
    chosen.push(row);
    for (const other of open) subtract(other, sight(rows, row, other) / pivot.size, pivot.vector);
  }
  return chosen;
}

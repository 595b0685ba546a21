import type { Grid } from "./types.js";

/** The column of H that holds each bus's angle, in grid order; -1 at the reference buses, whose angle is zero. */
export function stateOfBus(grid: Grid): Int32Array {
  let states = 0;
  return Int32Array.from(grid.buses, ({ reference }) => (reference ? -1 : states++));
}

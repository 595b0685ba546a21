import { solveAngles } from "./solveAngles.js";
import type { Grid } from "./types.js";

/** A solved DC power flow, per bus and line in grid order. */
export interface PowerFlow {
  /** θ, radians; 0 at the reference bus of each island. */
  readonly angleRad: Float64Array;
  /** Flow into each line at its from end, b(θ_from - θ_to - φ). */
  readonly flowKw: Float64Array;
  /** Generation less load at each bus; the sum over an island is zero. */
  readonly injectionKw: Float64Array;
}

/**
 * The DC power flow of a grid. In each island generation is scaled pro rata to load plus shunt, and what is left is
 * put on the reference bus: all of it where nothing generates.
 *
 * @throws GridModelError when the susceptances cancel so that there is no single solution.
 */
export function powerFlow(grid: Grid): PowerFlow {
  const injectionKw = balancedInjections(grid);
  const angleRad = solveAngles(grid, injectionKw);
  const flowKw = Float64Array.from(
    grid.lines,
    ({ from, to, susceptanceKwPerRad, shiftRad }) =>
      susceptanceKwPerRad * (angleRad[from]! - angleRad[to]! - shiftRad),
  );
  return { angleRad, flowKw, injectionKw };
}

function balancedInjections(grid: Grid): Float64Array {
  const load = new Float64Array(grid.islands);
  const generation = new Float64Array(grid.islands);
  for (const { island, loadKw, generationKw } of grid.buses) {
    load[island]! += loadKw;
    generation[island]! += generationKw;
  }
  const injectionKw = Float64Array.from(grid.buses, ({ island, loadKw, generationKw }) => {
    const scale = load[island]! / generation[island]!;
    return (scale > 0 && scale < Infinity && generation[island]! > 0 ? generationKw * scale : 0) - loadKw;
  });
  const surplus = new Float64Array(grid.islands);
  for (const [index, { island }] of grid.buses.entries()) surplus[island]! += injectionKw[index]!;
  for (const [index, { island, reference }] of grid.buses.entries()) {
    if (reference) injectionKw[index]! -= surplus[island]!;
  }
  return injectionKw;
}

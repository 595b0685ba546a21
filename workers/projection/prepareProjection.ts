import type { Grid, MeteringPlan } from "../grid/types.js";
import { projectionMatrices } from "./projectionMatrices.js";
import { projectionTopology } from "./projectionTopology.js";
import { topologyRows } from "./topologyRows.js";
import type { ProjectionMatrices, ProjectionTopology } from "./types.js";

/** A model of the projection mode, ready to propose. */
export interface PreparedProjection {
  readonly topology: ProjectionTopology;
  readonly matrices: ProjectionMatrices;
}

/**
 * Topology, A and P of a grid and its metering plan.
 *
 * @param seats The seat of each operator, by name.
 * @throws ProjectionError, VersionError
 */
export function prepareProjection(
  grid: Grid,
  plan: MeteringPlan,
  seats: ReadonlyMap<string, number>,
): PreparedProjection {
  const topology = projectionTopology(grid, plan, seats);
  return { topology, matrices: projectionMatrices(topologyRows(topology)) };
}

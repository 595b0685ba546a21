import type { Meter } from "../grid/types.js";

/** What is wrong with a metering plan, and should be mended by more meters. */
export type PlacementGoal =
  /** Every angle is determined. */
  | "observable"
  /** No meter is critical: a false value of any one meter shows. */
  | "redundant"
  /** The meters of those outside a coalition determine every angle: the coalition can hide no false state. */
  | "guarded";

/** Meters to add, and what is known of how few they are. */
export interface Placement {
  readonly goal: PlacementGoal;
  /** The meters, each with the operator that should own it; empty if the plan is as it should be. */
  readonly meters: readonly Meter[];
  /** No fewer meters can do it. Equal to the number of meters wherever `exact`. */
  readonly lowerBound: number;
  readonly exact: boolean;
  /** What was open before: unobservable buses, names of critical meters, or buses that the coalition can falsify. */
  readonly open: readonly (number | string)[];
}

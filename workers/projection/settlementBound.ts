import { topologyRows } from "./topologyRows.js";
import type { ProjectionTopology } from "./types.js";

/** How a model was checked: by the products, which find every unit, or by Freivalds, which finds 2²² m units. */
export type CheckedBy = "products" | "freivalds";

/**
 * How far the root of J from the stored P can be from the root of J of the exact estimate: Σ w δ² over the rows, rooted,
 * δ_i the most that residual i can be off by (see `docs/projection.md`).
 *
 * A residual is off by `|h_i F θ̂| + |U_i z|`: F is what A is wrong by, made negligible by the digits that the contract
 * demands (its rows add up to less than 2⁻⁶⁴), U what P is wrong by, less than `unit` for each entry.
 *
 * @param projectionDigits k: P is kept in units of 2^-k.
 * @param values By row, counts.
 * @param largestAngle The largest |θ̂|, in angle units.
 */
export function settlementBound(
  topology: ProjectionTopology,
  projectionDigits: number,
  checkedBy: CheckedBy,
  values: ArrayLike<number>,
  largestAngle: number,
): number {
  const rows = topology.rows.length;
  const unit = 2 ** -projectionDigits * (checkedBy === "products" ? 0.5 : 2 ** 22 * rows);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Math.abs(values[i]!);
  let sum = 0;
  for (const [i, terms] of topologyRows(topology).terms.entries()) {
    const size = terms.reduce((most, { coefficient }) => most + Math.abs(coefficient), 0);
    const weight = topology.rows[i]!.weight;
    const off = size * 2 ** -64 * largestAngle + unit * total;
    sum += (weight / 2 ** topology.weightDigits) * off * off;
  }
  return Math.sqrt(sum);
}

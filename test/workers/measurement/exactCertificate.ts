import type { MadeVersion } from "../grid/version/arbitraryVersion.js";
import { exactRows } from "./exactRows.js";

/** J and by how much it is over-stated, exactly: `gᵀG⁻¹g` as a fraction. */
export interface ExactCertificate {
  readonly objective: bigint;
  readonly overStatement: readonly [numerator: bigint, denominator: bigint];
}

/**
 * The certificate from the definition, by another way than the reference: from the rows of a dense H, G and `gᵀG⁻¹g` by
 * elimination in fractions.
 */
export function exactCertificate(
  made: MadeVersion,
  values: readonly number[],
  angles: readonly number[],
): ExactCertificate {
  const rows = exactRows(made, values, angles);
  const states = made.built.records.tree.length - made.built.records.geometry.roots;
  const objective = rows.reduce((sum, { weight, residual }) => sum + weight * residual * residual, 0n);
  const gain = Array.from({ length: states }, (_, i) =>
    Array.from({ length: states }, (__, j) =>
      rows.reduce((sum, { entries, weight }) => sum + weight * entries[i]! * entries[j]!, 0n),
    ),
  );
  const gradient = Array.from({ length: states }, (_, i) =>
    rows.reduce((sum, { entries, weight, residual }) => sum + weight * entries[i]! * residual, 0n),
  );
  return { objective, overStatement: quadraticForm(gain, gradient) };
}

/**
 * `gᵀG⁻¹g` for a positive definite G: bordered by g and eliminated without fractions (Bareiss), the last pivot of
 * `[[G, g], [gᵀ, 0]]` is its determinant, which is `-det G · gᵀG⁻¹g`.
 */
function quadraticForm(gain: readonly bigint[][], g: readonly bigint[]): [bigint, bigint] {
  const a = [...gain.map((row, i) => [...row, g[i]!]), [...g, 0n]];
  const n = a.length;
  let previous = 1n;
  for (let k = 0; k < n - 1; k++) {
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j < n; j++) {
        a[i]![j] = (a[i]![j]! * a[k]![k]! - a[i]![k]! * a[k]![j]!) / previous;
      }
    }
    previous = a[k]![k]!;
  }
  return [-a[n - 1]![n - 1]!, previous];
}

import { FLOW_DIGITS } from "../grid/version/constants.js";
import { integerRows } from "../grid/version/integerRows.js";
import { strengthOf } from "../grid/version/packRecords.js";
import type { VersionRecords } from "../grid/version/types.js";

/** What the ledger computes from values and angles, in its own integers (see `SlotCertificate.sol`). */
export interface Certificate {
  /** J, times 2^(80 + weightDigits). */
  readonly objective: bigint;
  /** η, in the scale of J, each term rounded up. */
  readonly overStatement: bigint;
  /** w r² by meter, in the scale of J. */
  readonly shares: readonly bigint[];
}

/**
 * The certificate, computed the plain way: every row of H written out, `r = z + c - Hθ`, `J = Σ w r²`, `g = Hᵀ W r`, and g
 * summed over the subtree below each tree edge.
 *
 * @param values By meter, counts.
 * @param angles By tree record, angle units; zero for the roots.
 */
export function certificate(
  records: VersionRecords,
  values: ArrayLike<number>,
  angles: ArrayLike<number>,
): Certificate {
  const { geometry, tree } = records;
  const theta = tree.map((_, i) => BigInt(angles[i]!));
  const gradient = tree.map(() => 0n);
  const shares = Array.from({ length: geometry.meters }, () => 0n);
  let objective = 0n;
  for (const row of integerRows(records)) {
    const z = row.meter === geometry.meters ? 0n : BigInt(values[row.meter]!);
    let residual = (z << BigInt(FLOW_DIGITS)) + row.constant;
    for (const [bus, b] of row.entries) residual -= b * theta[bus]!;
    const share = row.weight * residual * residual;
    objective += share;
    if (row.meter < geometry.meters) shares[row.meter] = share;
    for (const [bus, b] of row.entries) gradient[bus] = gradient[bus]! + b * row.weight * residual;
  }

  let overStatement = 0n;
  for (let i = tree.length - 1; i >= geometry.roots; i--) {
    const record = tree[i]!;
    const sum = gradient[i]!;
    gradient[record.parent] = gradient[record.parent]! + sum;
    overStatement += ((sum * sum) >> strengthOf(record)) + 1n;
  }
  return { objective, overStatement, shares };
}

import { FLOW_DIGITS } from "../grid/version/constants.js";
import { strengthOf } from "../grid/version/packRecords.js";
import type { RowSlot, VersionRecords } from "../grid/version/types.js";

/** What the ledger computes from values and angles, in its own integers (see `SlotCertificate.sol`). */
export interface Certificate {
  /** J, times 2^(80 + weightDigits). */
  readonly objective: bigint;
  /** η, in the scale of J, each term rounded up. */
  readonly overStatement: bigint;
  /** w r² by meter, in the scale of J. */
  readonly shares: readonly bigint[];
}

/** A row of H in integers: its entries by bus, `z` and the constant of phase shifts. */
interface Row {
  readonly weight: bigint;
  readonly meter: number;
  readonly entries: [bus: number, b: bigint][];
  constant: bigint;
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
  for (const row of rowsOf(records)) {
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

function rowsOf(records: VersionRecords): Row[] {
  const { geometry, tree, chords, probes } = records;
  const rows: Row[] = [];
  const injections = tree.map(({ injection }): Row | undefined => injection && newRow(injection));
  const flow = (slot: RowSlot | undefined, from: number, to: number, b: bigint, shift: bigint): void => {
    if (slot === undefined) return;
    const row = newRow(slot);
    addFlow(row, from, to, b, shift);
    rows.push(row);
  };
  const line = (from: number, to: number, b: bigint, shift: bigint): void => {
    addFlow(injections[from], from, to, b, shift);
    addFlow(injections[to], to, from, b, -shift);
  };

  tree.forEach((record, i) => {
    if (i < geometry.roots) return;
    const b = BigInt(record.susceptance);
    if (record.mainAtParent) flow(record.main, record.parent, i, b, 0n);
    else flow(record.main, i, record.parent, b, 0n);
    if (record.line !== 0) line(i, record.parent, b, 0n);
  });
  for (const { from, to, susceptance, shift, row } of chords) {
    flow(row, from, to, BigInt(susceptance), BigInt(shift));
    line(from, to, BigInt(susceptance), BigInt(shift));
  }
  for (const { from, to, susceptance, shift, row } of probes) {
    flow(row, from, to, BigInt(susceptance), BigInt(shift));
  }
  return [...rows, ...injections.filter((row) => row !== undefined)];
}

function newRow(slot: RowSlot): Row {
  return { weight: BigInt(slot.weight), meter: slot.meter, entries: [], constant: 0n };
}

/** The row also sees a flow `b (θ_from - θ_to - shift)`. */
function addFlow(row: Row | undefined, from: number, to: number, b: bigint, shift: bigint): void {
  if (row === undefined) return;
  row.entries.push([from, b], [to, -b]);
  row.constant += b * shift;
}

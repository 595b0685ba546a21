import type { RowSlot, VersionRecords } from "./types.js";

/** A row of H in the integers of a version. */
export interface IntegerRow {
  readonly weight: bigint;
  /** `geometry.meters` for a virtual row. */
  readonly meter: number;
  /** Susceptances by tree record, roots included; those of one record add up. */
  readonly entries: [record: number, susceptance: bigint][];
  /** What phase shifts add to the residual, in power units times 2^40. */
  constant: bigint;
}

/** Every row of H of a version, written out: flows and PMUs in the order of the records, then injections. */
export function integerRows(records: VersionRecords): IntegerRow[] {
  const { geometry, tree, chords, probes } = records;
  const rows: IntegerRow[] = [];
  const injections = tree.map(({ injection }): IntegerRow | undefined => injection && newRow(injection));
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

function newRow(slot: RowSlot): IntegerRow {
  return { weight: BigInt(slot.weight), meter: slot.meter, entries: [], constant: 0n };
}

/** The row also sees a flow `b (θ_from - θ_to - shift)`. */
function addFlow(row: IntegerRow | undefined, from: number, to: number, b: bigint, shift: bigint): void {
  if (row === undefined) return;
  row.entries.push([from, b], [to, -b]);
  row.constant += b * shift;
}

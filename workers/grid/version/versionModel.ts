import type { LinearModel } from "../../estimation/types.js";
import { FLOW_DIGITS } from "./constants.js";
import type { RowSlot, VersionRecords } from "./types.js";

/**
 * The measurement model of a version, exactly as the chain has it: rows in the order of the meters, then virtual rows in
 * the order of the tree; columns in the order of the tree without its roots; power units and radians.
 *
 * A flow is `b (θ_from - θ_to - φ)`, an injection the sum of the flows that leave a bus. The residual is
 * `z + offset - Hθ`.
 */
export function versionModel(records: VersionRecords): LinearModel {
  const { geometry } = records;
  const rows = geometry.meters + geometry.virtualRows;
  const perRad = 2 ** (FLOW_DIGITS - geometry.angleDigits);
  const perAngle = 2 ** geometry.angleDigits;
  const entries: Map<number, number>[] = Array.from({ length: rows }, () => new Map());
  const weight = new Float64Array(rows);
  const offset = new Float64Array(rows);

  /** Adds `sign · b (θ_from - θ_to - φ)` to a row. */
  const addFlow = (
    row: number,
    sign: number,
    b: number,
    from: number,
    to: number,
    shiftRad: number,
  ): void => {
    add(entries[row]!, from - geometry.roots, sign * b);
    add(entries[row]!, to - geometry.roots, -sign * b);
    offset[row] = offset[row]! + sign * b * shiftRad;
  };
  const weigh = (row: number, slot: RowSlot): void => {
    weight[row] = slot.weight / 2 ** geometry.weightDigits;
  };

  const injectionRow = new Int32Array(geometry.buses).fill(-1);
  let virtual = geometry.meters;
  records.tree.forEach((record, i) => {
    if (record.injection === undefined) return;
    const row = record.injection.meter === geometry.meters ? virtual++ : record.injection.meter;
    injectionRow[i] = row;
    weigh(row, record.injection);
  });
  const lineFlow = (b: number, from: number, to: number, shiftRad: number): void => {
    if (injectionRow[from]! >= 0) addFlow(injectionRow[from]!, 1, b, from, to, shiftRad);
    if (injectionRow[to]! >= 0) addFlow(injectionRow[to]!, -1, b, from, to, shiftRad);
  };
  const flowRow = (
    slot: RowSlot | undefined,
    b: number,
    from: number,
    to: number,
    shiftRad: number,
  ): void => {
    if (slot === undefined) return;
    weigh(slot.meter, slot);
    addFlow(slot.meter, 1, b, from, to, shiftRad);
  };

  records.tree.forEach((record, i) => {
    if (i < geometry.roots) return;
    const b = record.susceptance / perRad;
    if (record.line !== 0) lineFlow(b, i, record.parent, 0);
    if (record.mainAtParent) flowRow(record.main, b, record.parent, i, 0);
    else flowRow(record.main, b, i, record.parent, 0);
  });
  for (const { from, to, susceptance, shift, row } of records.chords) {
    lineFlow(susceptance / perRad, from, to, shift / perAngle);
    flowRow(row, susceptance / perRad, from, to, shift / perAngle);
  }
  for (const { from, to, susceptance, shift, row } of records.probes) {
    flowRow(row, susceptance / perRad, from, to, shift / perAngle);
  }
  return { h: compress(entries, geometry.buses - geometry.roots), weight, offset };
}

/** A root's angle is zero: it has no column. */
function add(row: Map<number, number>, column: number, value: number): void {
  if (column >= 0) row.set(column, (row.get(column) ?? 0) + value);
}

function compress(entries: readonly Map<number, number>[], columns: number): LinearModel["h"] {
  const start = new Int32Array(entries.length + 1);
  entries.forEach((row, i) => (start[i + 1] = start[i]! + row.size));
  const column = new Int32Array(start[entries.length]!);
  const value = new Float64Array(start[entries.length]!);
  let at = 0;
  for (const row of entries) {
    for (const [c, v] of [...row].sort((p, q) => p[0] - q[0])) {
      column[at] = c;
      value[at] = v;
      at++;
    }
  }
  return { rows: entries.length, columns, start, column, value };
}

import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import type { EdgeRecord, RowSlot, TreeRecord, VersionRecords } from "../../../workers/grid/version/types.js";
import type { ExactRow } from "../../workers/measurement/exactRows.js";

/** What the general certificate must say. */
export interface Reference {
  readonly objective: bigint;
  readonly rows: number;
  /** By tree record, 0 at the roots. */
  readonly gradient: readonly bigint[];
  /** By seat. */
  readonly shares: readonly bigint[];
}

/** An entry of a tree that a settler brings. */
export interface TreeEntry {
  readonly record: number;
  readonly second: boolean;
}

/** J, g and shares from dense rows, those of missing values left out. */
export function reference(
  { geometry, metersBySeat }: VersionRecords,
  rows: readonly ExactRow[],
  values: ArrayLike<number>,
): Reference {
  const gradient = Array.from({ length: geometry.buses }, () => 0n);
  const seats = metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
  const shares = metersBySeat.map(() => 0n);
  let objective = 0n;
  let count = 0;
  rows.forEach(({ entries, residual, weight }, row) => {
    if (values[row] === MISSING_VALUE) return;
    count++;
    const share = weight * residual * residual;
    objective += share;
    const seat = seats[row];
    if (seat !== undefined) shares[seat] = shares[seat]! + share;
    entries.forEach((b, state) => {
      if (b !== 0n) gradient[state + geometry.roots]! += b * weight * residual;
    });
  });
  return { objective, rows: count, gradient, shares };
}

/** η over a tree: for each edge, the buses whose way to a root leads over it are found one by one. */
export function treeEta(
  records: VersionRecords,
  rows: readonly ExactRow[],
  gradient: readonly bigint[],
  tree: Uint8Array,
): bigint {
  const { roots, buses } = records.geometry;
  const above = new Map(
    entriesOf(tree).map(({ record, second }) => {
      const [from, to] = endsOf(records, record);
      return second ? [to, { record, to: from }] : [from, { record, to }];
    }),
  );
  const sums = new Map<number, bigint>();
  for (let bus = roots; bus < buses; bus++) {
    for (let at = bus; at >= roots; at = above.get(at)!.to) {
      const { record } = above.get(at)!;
      sums.set(record, (sums.get(record) ?? 0n) + gradient[bus]!);
    }
  }
  let eta = 0n;
  for (const [record, sum] of sums) {
    const { weight, entries } = rows[rowOf(records, record)!.meter]!;
    const b = entries.find((entry) => entry !== 0n)!;
    const strength = weight * b * b;
    eta += (sum * sum + strength - 1n) / strength;
  }
  return eta;
}

/** The entries of a packed tree. */
export function entriesOf(tree: Uint8Array): TreeEntry[] {
  return Array.from({ length: tree.length / 3 }, (_, i) => {
    const entry = (tree[3 * i]! << 16) | (tree[3 * i + 1]! << 8) | tree[3 * i + 2]!;
    return { record: entry % 2 ** 23, second: entry >= 2 ** 23 };
  });
}

/** Entries of 24 bits as bytes. */
export function packEntries(entries: readonly number[]): Uint8Array {
  return Uint8Array.from(entries.flatMap((entry) => [entry >> 16, (entry >> 8) & 0xff, entry & 0xff]));
}

/** The same rows with some tree lines as chords, as in a version that no tree of flow meters spans. */
export function untie(records: VersionRecords, chosen: () => boolean): VersionRecords {
  const chords: EdgeRecord[] = [...records.chords];
  const tree = records.tree.map((record, i): TreeRecord => {
    const { line, parent, susceptance, main, mainAtParent } = record;
    if (line === 0 || !chosen()) return record;
    const ends = mainAtParent ? { from: parent, to: i } : { from: i, to: parent };
    const kind = mainAtParent === record.childIsFrom ? "flowTo" : "flowFrom";
    chords.push({ place: line, ...ends, susceptance, shift: 0, kind, row: main });
    return {
      ...record,
      line: 0,
      parent: 0,
      susceptance: 0,
      childIsFrom: false,
      main: undefined,
      mainAtParent: false,
    };
  });
  return { ...records, tree, chords, geometry: { ...records.geometry, chords: chords.length } };
}

/** Dense rows of hand-made records. */
export function handRows(
  records: VersionRecords,
  values: ArrayLike<number>,
  angles: readonly (number | bigint)[],
  finer = 0,
): ExactRow[] {
  const { tree, chords, probes, geometry } = records;
  const theta = angles.map(BigInt);
  const rows: ExactRow[] = [];
  const add = (slot: RowSlot | undefined, flows: [from: number, to: number, b: number, shift: number][]) => {
    if (slot === undefined) return;
    const entries = theta.map(() => 0n);
    let residual = BigInt(values[slot.meter]!) << BigInt(40 + finer);
    for (const [from, to, b, shift] of flows) {
      entries[from]! += BigInt(b);
      entries[to]! -= BigInt(b);
      residual -= BigInt(b) * (theta[from]! - theta[to]! - (BigInt(shift) << BigInt(finer)));
    }
    rows[slot.meter] = { entries: entries.slice(geometry.roots), residual, weight: BigInt(slot.weight) };
  };
  tree.forEach(({ main, injection, susceptance, parent }, i) => {
    add(main, [[i, parent, susceptance, 0]]);
    const flows = [
      ...tree.map((record, k) => [k, record.parent, record.susceptance, 0] as const),
      ...chords.map(({ from, to, susceptance: b, shift }) => [from, to, b, shift] as const),
    ];
    add(
      injection,
      flows.flatMap(([from, to, b, shift]): [number, number, number, number][] =>
        from === i ? [[from, to, b, shift]] : to === i ? [[to, from, b, -shift]] : [],
      ),
    );
  });
  for (const { row, from, to, susceptance, shift } of [...chords, ...probes]) {
    add(row, [[from, to, susceptance, shift]]);
  }
  return rows;
}

function rowOf({ tree, chords, probes }: VersionRecords, record: number): RowSlot | undefined {
  return record < tree.length ? tree[record]!.main : [...chords, ...probes][record - tree.length]!.row;
}

function endsOf({ tree, chords, probes }: VersionRecords, record: number): [from: number, to: number] {
  if (record < tree.length) return [record, tree[record]!.parent];
  const { from, to } = [...chords, ...probes][record - tree.length]!;
  return [from, to];
}

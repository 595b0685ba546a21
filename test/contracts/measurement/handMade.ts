import type {
  DirectoryEntry,
  EdgeRecord,
  TreeRecord,
  VersionRecords,
} from "../../../workers/grid/version/types.js";

type Row = { readonly weight: number };
type TreeEdge = Pick<TreeRecord, "parent" | "susceptance"> & { readonly main: Row; readonly injection?: Row };
type Edge = Pick<EdgeRecord, "from" | "to" | "susceptance" | "shift"> & { readonly row?: Row };

/** A tree edge from the next bus to its parent, with a flow meter at the child's end and perhaps an injection meter. */
export function edge(parent: number, susceptance: number, weight: number, injection?: number): TreeEdge {
  return {
    parent,
    susceptance,
    main: { weight },
    ...(injection ? { injection: { weight: injection } } : {}),
  };
}

/** A chord with a meter at its from end, unless the weight is zero. */
export function chord(from: number, to: number, susceptance: number, shift: number, weight: number): Edge {
  return { from, to, susceptance, shift, ...(weight === 0 ? {} : { row: { weight } }) };
}

/** A second meter, at the to end of a line. */
export function probe(from: number, to: number, susceptance: number, weight: number): Edge {
  return { from, to, susceptance, shift: 0, row: { weight } };
}

/**
 * Records of any content, sound or not: one root, then the tree edges in order, numbered through; meters in the order of
 * tree (main, injection), chords and probes, all of seat 0.
 */
export function handMade(parts: {
  readonly tree: readonly TreeEdge[];
  readonly chords?: readonly Edge[];
  readonly probes?: readonly Edge[];
  readonly rootInjection?: number;
}): VersionRecords {
  const directory: DirectoryEntry[] = [];
  const slot = (kind: number, place: number, row: Row | undefined) => {
    if (row === undefined) return undefined;
    directory.push({ kind, place, weight: row.weight, rangeBits: 22 });
    return { meter: directory.length - 1, weight: row.weight };
  };
  const root: TreeRecord = {
    bus: 1,
    line: 0,
    parent: 0,
    susceptance: 0,
    childIsFrom: false,
    injection: slot(0, 1, parts.rootInjection === undefined ? undefined : { weight: parts.rootInjection }),
    main: undefined,
    mainAtParent: false,
  };
  const tree = parts.tree.map(({ parent, susceptance, main, injection }, i): TreeRecord => ({
    bus: i + 2,
    line: i + 1,
    parent,
    susceptance,
    childIsFrom: true,
    main: slot(1, i + 1, main),
    injection: slot(0, i + 2, injection),
    mainAtParent: false,
  }));
  const chords = (parts.chords ?? []).map(({ row, ...ends }, i): EdgeRecord => {
    const place = tree.length + 1 + i;
    return { ...ends, place, kind: "flowFrom", row: slot(1, place, row) };
  });
  const probes = (parts.probes ?? []).map(({ row, ...ends }, i): EdgeRecord => {
    return { ...ends, place: i + 1, kind: "flowTo", row: slot(2, i + 1, row) };
  });
  return {
    geometry: {
      roots: 1,
      anchors: 0,
      buses: tree.length + 1,
      chords: chords.length,
      probes: probes.length,
      meters: directory.length,
      virtualRows: 0,
      weightDigits: 32,
      angleDigits: 34,
      powerUnitKw: 1,
      factored: false,
    },
    tree: [root, ...tree],
    chords,
    probes,
    directory,
    metersBySeat: [directory.length],
  };
}

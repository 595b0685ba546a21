/**
 * A grid version in the integers of the chain; `contracts/grid/libraries/GridRecord.sol` gives the packed form.
 *
 * Scales: power in power units (`powerUnitKw` kW), a PMU's value in 2^-20 rad; susceptance in power units per radian
 * times 2^(40 - angleDigits); angles in radians times 2^angleDigits; weights 1/σ² times 2^weightDigits.
 */

export interface Geometry {
  readonly roots: number;
  readonly anchors: number;
  readonly buses: number;
  readonly chords: number;
  readonly meters: number;
  readonly virtualRows: number;
  readonly weightDigits: number;
  readonly angleDigits: number;
  readonly powerUnitKw: number;
}

/** One row of H. `meter` equals `geometry.meters` for a virtual row, whose value is always 0. */
export interface RowSlot {
  readonly meter: number;
  readonly weight: number;
}

/** A bus, and the edge that ties it to its parent in the spanning tree. A root has no edge. */
export interface TreeRecord {
  /** The case's bus number. */
  readonly bus: number;
  /** The case's line number; 0 for a root and for a PMU's edge. */
  readonly line: number;
  /** Position of the parent among the tree records; 0 for a root. */
  readonly parent: number;
  /** 0 for a root. */
  readonly susceptance: number;
  /** The edge is that of a PMU, to a root. */
  readonly pmu: boolean;
  /** The child is the line's from bus. */
  readonly childIsFrom: boolean;
  readonly injection: RowSlot | undefined;
  /** The flow meter at the child's end of the line, or the PMU. */
  readonly childEnd: RowSlot | undefined;
  readonly parentEnd: RowSlot | undefined;
}

/** A line, or a PMU's edge to a root, that is not in the tree. */
export interface ChordRecord {
  /** Line number, or bus number of a PMU. */
  readonly place: number;
  /** Positions among the tree records. */
  readonly from: number;
  readonly to: number;
  readonly susceptance: number;
  /** Phase shift that is left after the tree's gauge. */
  readonly shift: number;
  readonly pmu: boolean;
  readonly fromEnd: RowSlot | undefined;
  readonly toEnd: RowSlot | undefined;
}

/** A meter as its owner approves it. */
export interface DirectoryEntry {
  readonly kind: number;
  /** Bus number for an injection or PMU, line number for a flow. */
  readonly place: number;
  readonly weight: number;
  /** A value z is in range when `-2^rangeBits <= z < 2^rangeBits`. */
  readonly rangeBits: number;
}

export interface VersionRecords {
  readonly geometry: Geometry;
  /** Roots, then anchors (tied to a root by a PMU), then every other bus after its parent. */
  readonly tree: readonly TreeRecord[];
  readonly chords: readonly ChordRecord[];
  /** By meter: in the order of the batches, by seat. */
  readonly directory: readonly DirectoryEntry[];
  /** How many meters each seat owns. */
  readonly metersBySeat: readonly number[];
}

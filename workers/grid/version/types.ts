import type { MeterKind } from "../types.js";

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
  readonly probes: number;
  readonly meters: number;
  readonly virtualRows: number;
  readonly weightDigits: number;
  readonly angleDigits: number;
  readonly powerUnitKw: number;
  /** No tree of meters spans the grid: every bus but the roots is free, all lines are chords. */
  readonly factored: boolean;
}

/** One row of H. `meter` equals `geometry.meters` for a virtual row, whose value is always 0. */
export interface RowSlot {
  readonly meter: number;
  readonly weight: number;
}

/** A bus, and the edge that ties it to its parent in the spanning tree. A root or free bus has no edge. */
export interface TreeRecord {
  /** The case's bus number. */
  readonly bus: number;
  /** The case's line number; 0 for a root, a free bus and for an anchor, whose edge is that of a PMU. */
  readonly line: number;
  /** Position of the parent among the tree records; 0 without an edge. */
  readonly parent: number;
  /** 0 without an edge. */
  readonly susceptance: number;
  /** The child is the line's from bus. */
  readonly childIsFrom: boolean;
  readonly injection: RowSlot | undefined;
  /** The flow meter of the line, or the PMU of an anchor; none without an edge. */
  readonly main: RowSlot | undefined;
  /** `main` sits at the parent's end. */
  readonly mainAtParent: boolean;
}

/**
 * A line that is not in the tree (a chord), or an edge that a meter sees and that carries no power in the model (a probe: a
 * PMU's edge to a root, or a line whose other end has a meter too). The meter sits at `from`.
 */
export interface EdgeRecord {
  /** Line number, or bus number of a PMU. */
  readonly place: number;
  /** Positions among the tree records. */
  readonly from: number;
  readonly to: number;
  readonly susceptance: number;
  /** Phase shift that is left after the tree's gauge. */
  readonly shift: number;
  /** What kind of meter sits at `from`; flowFrom for a chord without one. */
  readonly kind: Exclude<MeterKind, "injection">;
  /** Every probe has one. */
  readonly row: RowSlot | undefined;
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
  /**
   * Roots, then anchors (tied to a root by a PMU), then every other bus after its parent. Of a factored version: roots, then
   * all others, in an order of elimination.
   */
  readonly tree: readonly TreeRecord[];
  readonly chords: readonly EdgeRecord[];
  readonly probes: readonly EdgeRecord[];
  /** By meter: in the order of the batches, by seat. */
  readonly directory: readonly DirectoryEntry[];
  /** How many meters each seat owns. */
  readonly metersBySeat: readonly number[];
}

import type { Grid, Line, Meter, MeteringPlan } from "../types.js";
import {
  ANGLE_DIGITS,
  CHUNK_BYTES,
  MAX_INDEX,
  MAX_NUMBER,
  MAX_RANGE_BITS,
  METER_KINDS,
  RECORD_BYTES,
} from "./constants.js";
import { eliminationOrder } from "./eliminationOrder.js";
import { VersionError } from "./errors.js";
import type { Scales } from "./scales.js";
import {
  chooseScales,
  pmuSusceptance,
  rangeBitsOf,
  sigmaInCounts,
  susceptanceOf,
  tieStrengths,
  weightOf,
} from "./scales.js";
import type { MeteredEdge } from "./spanningTree.js";
import { type TreeLink, spanningTree } from "./spanningTree.js";
import type { EdgeRecord, DirectoryEntry, RowSlot, TreeRecord, VersionRecords } from "./types.js";

/** A version, and which meter of the plan each of its meters is. */
export interface BuiltVersion {
  readonly records: VersionRecords;
  /** By meter. */
  readonly meters: readonly Meter[];
}

/** The rows at one place. */
interface PlaceRows {
  injection?: RowSlot;
  pmu?: RowSlot;
  flowFrom?: RowSlot;
  flowTo?: RowSlot;
}

/** An edge with what the records need. */
interface Edge extends MeteredEdge {
  readonly line: Line | undefined;
}

/**
 * Writes a grid and its metering plan as a version: the tree of strongest metered edges, the chords, and the directory. Where
 * no tree of metered edges reaches every bus, the version is a factored one, without a tree.
 *
 * A phase shift φ of a tree line is taken into the angles: with `θ' = θ - γ`, γ summed along the tree, the tree's lines have
 * none, and a chord keeps `φ - (γ_from - γ_to)`. The records speak of θ'.
 *
 * @param seats The seat of each owner named in the plan.
 * @throws UnobservableError if the meters do not determine every angle.
 * @throws VersionError if a quantity cannot be written.
 */
export function buildVersion(
  grid: Grid,
  plan: MeteringPlan,
  seats: ReadonlyMap<string, number>,
  angleDigits: number = ANGLE_DIGITS,
): BuiltVersion {
  checkSizes(grid, plan);
  const scales = chooseScales(grid, plan, angleDigits);
  const meters = inBatchOrder(plan, seats);
  const places = rowsByPlace(grid, plan, meters, scales);
  const edges = meteredEdges(grid, places, scales);
  const roots = grid.buses.flatMap((bus, i) => (bus.reference ? [i] : []));
  const spanned = spanningTree(grid.buses.length, roots, edges);
  const factored = spanned.order.length < grid.buses.length;
  const order = factored ? [...roots, ...eliminationOrder(grid, plan)] : spanned.order;
  const links: readonly (TreeLink | undefined)[] = factored ? order.map(() => undefined) : spanned.links;

  const ordered = anchorsFirst(order, roots.length, (bus) => isPmuEdge(links[bus], edges));
  const position = new Int32Array(grid.buses.length);
  ordered.forEach((bus, i) => (position[bus] = i));
  const gauge = gauges(ordered, links, edges, angleDigits);
  const inTree = new Set<Line>();
  const tree = ordered.map((bus): TreeRecord => {
    const link = links[bus];
    const edge = link === undefined ? undefined : edges[link.edge]!;
    if (edge?.line !== undefined) inTree.add(edge.line);
    const rows = places.bus.get(bus);
    return treeRecord(grid, places, scales, bus, edge, link === undefined ? 0 : position[link.parent]!, rows);
  });
  const shiftLeft = (line: Line): number =>
    inAngleUnits(line.shiftRad, angleDigits) - (gauge[line.from]! - gauge[line.to]!);
  const edge = (line: Line, kind: "flowFrom" | "flowTo"): EdgeRecord => {
    const forward = kind === "flowFrom";
    return {
      place: line.number,
      from: position[forward ? line.from : line.to]!,
      to: position[forward ? line.to : line.from]!,
      susceptance: susceptanceOf(line.susceptanceKwPerRad, scales, line.number),
      shift: inTree.has(line) ? 0 : forward ? shiftLeft(line) : 0 - shiftLeft(line),
      kind,
      row: places.line.get(line.number)?.[kind],
    };
  };
  const chords = grid.lines
    .filter((line) => !inTree.has(line))
    .map((line) => {
      const rows = places.line.get(line.number);
      return edge(line, rows?.flowFrom === undefined && rows?.flowTo !== undefined ? "flowTo" : "flowFrom");
    });
  const probes = [
    ...grid.lines.flatMap((line) => {
      const rows = places.line.get(line.number);
      if (rows?.flowFrom === undefined || rows.flowTo === undefined) return [];
      // The meter that the tree or chord record does not have.
      const childIsTo = inTree.has(line) && links[line.from]?.parent !== line.to;
      const main = childIsTo ? "flowTo" : "flowFrom";
      return [edge(line, main === "flowFrom" ? "flowTo" : "flowFrom")];
    }),
    ...ordered
      .filter((bus) => places.bus.get(bus)?.pmu !== undefined && !isPmuEdge(links[bus], edges))
      .map((bus): EdgeRecord => ({
        place: grid.buses[bus]!.number,
        from: position[bus]!,
        to: 0,
        susceptance: pmuSusceptance(scales),
        shift: 0 - gauge[bus]!,
        kind: "pmu",
        row: places.bus.get(bus)!.pmu,
      })),
  ];

  return {
    meters,
    records: {
      geometry: {
        roots: roots.length,
        anchors: factored ? 0 : tree.filter((record, i) => i >= roots.length && record.line === 0).length,
        buses: tree.length,
        chords: chords.length,
        probes: probes.length,
        meters: meters.length,
        virtualRows: plan.zeroInjections.length,
        ...scales,
        factored,
      },
      tree,
      chords,
      probes,
      directory: meters.map((meter, i) => entryOf(meter, places.ranges[i]!, scales)),
      metersBySeat: countBySeat(meters, seats),
    },
  };
}

/**
 * The angle γ by which each bus of a version is shifted against the grid's own angles, radians by position in the tree.
 * @param shiftOf The phase shift of a line by its number, radians.
 */
export function gaugeRad(records: VersionRecords, shiftOf: (line: number) => number): Float64Array {
  const gauge = new Float64Array(records.tree.length);
  const { angleDigits } = records.geometry;
  records.tree.forEach((record, i) => {
    if (record.line === 0) return;
    const shift = inAngleUnits(shiftOf(record.line), angleDigits) / 2 ** angleDigits;
    gauge[i] = gauge[record.parent]! + (record.childIsFrom ? shift : -shift);
  });
  return gauge;
}

function treeRecord(
  grid: Grid,
  places: Places,
  scales: Scales,
  bus: number,
  edge: Edge | undefined,
  parent: number,
  rows: PlaceRows | undefined,
): TreeRecord {
  const common = { bus: grid.buses[bus]!.number, parent, injection: rows?.injection, mainAtParent: false };
  if (edge === undefined) return { ...common, line: 0, susceptance: 0, childIsFrom: false, main: undefined };
  if (edge.line === undefined) {
    return { ...common, line: 0, susceptance: pmuSusceptance(scales), childIsFrom: false, main: rows?.pmu };
  }
  const { line } = edge;
  const childIsFrom = line.from === bus;
  const ends = places.line.get(line.number);
  const atChild = childIsFrom ? ends?.flowFrom : ends?.flowTo;
  return {
    ...common,
    line: line.number,
    susceptance: susceptanceOf(line.susceptanceKwPerRad, scales, line.number),
    childIsFrom,
    main: atChild ?? (childIsFrom ? ends?.flowTo : ends?.flowFrom),
    mainAtParent: atChild === undefined,
  };
}

interface Places {
  /** By position of the bus in the grid. */
  readonly bus: ReadonlyMap<number, PlaceRows>;
  /** By line number. */
  readonly line: ReadonlyMap<number, PlaceRows>;
  /** Range bits, by meter. */
  readonly ranges: readonly number[];
}

function rowsByPlace(grid: Grid, plan: MeteringPlan, meters: readonly Meter[], scales: Scales): Places {
  const bus = new Map<number, PlaceRows>();
  const line = new Map<number, PlaceRows>();
  const busAt = new Map(grid.buses.map((b, i) => [b.number, i]));
  const lineAt = new Map(grid.lines.map((l) => [l.number, l]));
  const ranges: number[] = [];
  const ties = tieStrengths(grid);
  const rowsAt = <K>(map: Map<K, PlaceRows>, key: K): PlaceRows => {
    const rows = map.get(key) ?? {};
    map.set(key, rows);
    return rows;
  };

  meters.forEach((meter, index) => {
    const what = `meter ${meter.id}`;
    const weight = weightOf(sigmaInCounts(meter, scales.powerUnitKw), scales, what);
    if (meter.kind === "flowFrom" || meter.kind === "flowTo") {
      const at = lineAt.get(meter.place);
      if (at === undefined) throw new VersionError(`${what}: line ${meter.place} is not in service`);
      ranges.push(rangeBitsOf(at.susceptanceKwPerRad, scales.powerUnitKw));
      put(rowsAt(line, meter.place), meter.kind, { meter: index, weight }, what);
    } else {
      const at = busAt.get(meter.place);
      if (at === undefined) throw new VersionError(`${what}: bus ${meter.place} is not in service`);
      if (meter.kind === "pmu" && grid.buses[at]!.reference) {
        throw new VersionError(`${what}: a PMU at reference bus ${meter.place} measures zero by definition`);
      }
      ranges.push(meter.kind === "pmu" ? MAX_RANGE_BITS : rangeBitsOf(ties[at]!, scales.powerUnitKw));
      put(rowsAt(bus, at), meter.kind, { meter: index, weight }, what);
    }
  });
  for (const number of plan.zeroInjections) {
    const what = `zero injection at bus ${number}`;
    const at = busAt.get(number);
    if (at === undefined) throw new VersionError(`${what}: the bus is not in service`);
    const weight = weightOf(plan.zeroInjectionSigma / scales.powerUnitKw, scales, what);
    put(rowsAt(bus, at), "injection", { meter: meters.length, weight }, what);
  }
  return { bus, line, ranges };
}

function put(rows: PlaceRows, kind: Meter["kind"], slot: RowSlot, what: string): void {
  if (rows[kind] !== undefined) throw new VersionError(`${what}: there is another ${kind} row at this place`);
  rows[kind] = slot;
}

function meteredEdges(grid: Grid, places: Places, scales: Scales): Edge[] {
  const edges: Edge[] = [];
  for (const line of grid.lines) {
    const rows = places.line.get(line.number);
    const weight = (rows?.flowFrom?.weight ?? 0) + (rows?.flowTo?.weight ?? 0);
    if (weight === 0) continue;
    const b = susceptanceOf(line.susceptanceKwPerRad, scales, line.number);
    edges.push({ a: line.from, b: line.to, strength: weight * b * b, line });
  }
  const root = grid.buses.findIndex((bus) => bus.reference);
  for (const [bus, rows] of places.bus) {
    if (rows.pmu === undefined) continue;
    const b = pmuSusceptance(scales);
    edges.push({ a: bus, b: root, strength: rows.pmu.weight * b * b, line: undefined });
  }
  return edges;
}

/** The buses tied by a PMU right after the roots, which are their parents; the others keep their order. */
function anchorsFirst(order: readonly number[], roots: number, isAnchor: (bus: number) => boolean): number[] {
  const others = order.slice(roots);
  const anchors = others.filter(isAnchor);
  if (roots + anchors.length > CHUNK_BYTES / RECORD_BYTES) {
    throw new VersionError(
      `${roots + anchors.length} reference buses and PMUs in the tree do not fit in one chunk`,
    );
  }
  return [...order.slice(0, roots), ...anchors, ...others.filter((bus) => !isAnchor(bus))];
}

function isPmuEdge(link: { edge: number } | undefined, edges: readonly Edge[]): boolean {
  return link !== undefined && edges[link.edge]!.line === undefined;
}

/** γ by bus, in angle units. A PMU's edge starts again from zero. */
function gauges(
  order: readonly number[],
  links: readonly ({ parent: number; edge: number } | undefined)[],
  edges: readonly Edge[],
  angleDigits: number,
): Float64Array {
  const gauge = new Float64Array(order.length);
  for (const bus of order) {
    const link = links[bus];
    const line = link === undefined ? undefined : edges[link.edge]!.line;
    if (link === undefined || line === undefined) continue;
    const shift = inAngleUnits(line.shiftRad, angleDigits);
    gauge[bus] = gauge[link.parent]! + (line.from === bus ? shift : -shift);
  }
  return gauge;
}

function inAngleUnits(rad: number, angleDigits: number): number {
  return Math.round(rad * 2 ** angleDigits);
}

function entryOf(meter: Meter, rangeBits: number, scales: Scales): DirectoryEntry {
  return {
    kind: METER_KINDS.indexOf(meter.kind),
    place: meter.place,
    weight: weightOf(sigmaInCounts(meter, scales.powerUnitKw), scales, `meter ${meter.id}`),
    rangeBits,
  };
}

/** By seat of the owner, and as in the plan within one owner. */
function inBatchOrder(plan: MeteringPlan, seats: ReadonlyMap<string, number>): Meter[] {
  for (const meter of plan.meters) {
    if (!seats.has(meter.owner)) throw new VersionError(`meter ${meter.id}: ${meter.owner} is not a member`);
  }
  return plan.meters
    .map((meter, i) => ({ meter, i, seat: seats.get(meter.owner)! }))
    .sort((m, n) => m.seat - n.seat || m.i - n.i)
    .map(({ meter }) => meter);
}

function countBySeat(meters: readonly Meter[], seats: ReadonlyMap<string, number>): number[] {
  const counts: number[] = [];
  for (const meter of meters) {
    const seat = seats.get(meter.owner)!;
    while (counts.length <= seat) counts.push(0);
    counts[seat] = counts[seat]! + 1;
  }
  return counts;
}

function checkSizes(grid: Grid, plan: MeteringPlan): void {
  if (grid.buses.length > MAX_INDEX) {
    throw new VersionError(`${grid.buses.length} buses are more than the ${MAX_INDEX} of a version`);
  }
  if (plan.meters.length > MAX_INDEX) {
    throw new VersionError(`${plan.meters.length} meters are more than the ${MAX_INDEX} of a version`);
  }
  const bus = grid.buses.find((b) => b.number > MAX_NUMBER);
  if (bus !== undefined) throw new VersionError(`bus number ${bus.number} is above ${MAX_NUMBER}`);
  const line = grid.lines.find((l) => l.number > MAX_NUMBER);
  if (line !== undefined) throw new VersionError(`line number ${line.number} is above ${MAX_NUMBER}`);
}

import { compileGrid } from "../compileGrid.js";
import { GridModelError } from "../errors.js";
import type { Grid, GridCase, Meter } from "../types.js";
import { ANGLE_DIGITS, MAX_RANGE_BITS, METER_KINDS } from "./constants.js";
import { VersionError } from "./errors.js";
import { gaugeRad } from "./buildVersion.js";
import {
  chooseScales,
  pmuSusceptance,
  rangeBitsOf,
  sigmaInCounts,
  susceptanceOf,
  tieStrengths,
  weightOf,
} from "./scales.js";
import type { EdgeRecord, RowSlot, VersionRecords } from "./types.js";

/** A line as a record has it, in the direction of the case. */
interface RecordedLine {
  readonly from: number;
  readonly to: number;
  readonly susceptance: number;
  /** Before the gauge of the tree takes it up, angle units. */
  readonly shift: number;
}

/**
 * Holds the records of a version, which are what the contracts compute with, against its labels, which are what people
 * read: every bus, reference, line with its ends, susceptance and phase shift (up to the gauge of the tree), every
 * meter's kind, place, weight, range and owner, every zero injection.
 *
 * The tree itself may be any: it changes no result.
 *
 * @param seats The seat of each owner that the labels name.
 * @returns What does not agree, one line each; empty if the records say exactly what the labels do.
 */
export function compareVersion(
  records: VersionRecords,
  labels: { readonly case: GridCase; readonly meters: readonly Meter[] },
  seats: ReadonlyMap<string, number>,
): string[] {
  let grid: Grid;
  try {
    grid = compileGrid(labels.case);
  } catch (error) {
    if (error instanceof GridModelError) return [`the case of the labels cannot be used: ${error.message}`];
    throw error;
  }
  return [
    ...compareScales(records, grid, labels.meters),
    ...compareBuses(records, grid),
    ...compareLines(records, grid),
    ...compareMeters(records, grid, labels.meters, seats),
    ...compareZeroInjections(records, grid, labels.meters),
  ];
}

function compareScales({ geometry }: VersionRecords, grid: Grid, meters: readonly Meter[]): string[] {
  const plan = { meters, zeroInjections: [], zeroInjectionSigma: Infinity };
  const usual = guarded(() => chooseScales(grid, plan, ANGLE_DIGITS));
  if (typeof usual === "string") return [usual];
  const differences: string[] = [];
  if (geometry.powerUnitKw !== usual.powerUnitKw) {
    differences.push(
      `power unit: records ${geometry.powerUnitKw} kW, this grid calls for ${usual.powerUnitKw}`,
    );
  }
  if (geometry.angleDigits !== ANGLE_DIGITS) {
    differences.push(`angle digits: records ${geometry.angleDigits}, expected ${ANGLE_DIGITS}`);
  }
  return differences;
}

function compareBuses(records: VersionRecords, grid: Grid): string[] {
  const { tree, geometry } = records;
  const differences: string[] = [];
  const recorded = new Map(tree.map(({ bus }, i) => [bus, i]));
  if (recorded.size < tree.length) differences.push("some bus is in the records twice");
  for (const { number, reference } of grid.buses) {
    const at = recorded.get(number);
    recorded.delete(number);
    if (at === undefined) differences.push(`bus ${number}: in the labels, not in the records`);
    else if (at < geometry.roots !== reference) {
      differences.push(
        `bus ${number}: ${reference ? "" : "not "}a reference in the labels, and the records say otherwise`,
      );
    }
  }
  for (const number of recorded.keys()) {
    differences.push(`bus ${number}: in the records, not in service in the labels`);
  }
  return differences;
}

function compareLines(records: VersionRecords, grid: Grid): string[] {
  const { geometry, tree } = records;
  const differences: string[] = [];
  const byNumber = new Map(grid.lines.map((line) => [line.number, line]));
  const gauge = gaugeUnits(records, grid);
  const compare = (number: number, found: RecordedLine): void => {
    const line = byNumber.get(number);
    if (line === undefined) {
      differences.push(`line ${number}: in the records, not in service in the labels`);
      return;
    }
    const ends = [grid.buses[line.from]!.number, grid.buses[line.to]!.number];
    const [from, to] = [tree[found.from]?.bus, tree[found.to]?.bus];
    if (from !== ends[0] || to !== ends[1]) {
      differences.push(
        `line ${number}: from ${ends[0]} to ${ends[1]} in the labels, ${from} to ${to} in the records`,
      );
    }
    const susceptance = guarded(() => susceptanceOf(line.susceptanceKwPerRad, geometry, number));
    if (found.susceptance !== susceptance) {
      differences.push(
        `line ${number}: susceptance ${susceptance} by the labels, ${found.susceptance} recorded`,
      );
    }
    const shift = Math.round(line.shiftRad * 2 ** geometry.angleDigits);
    if (found.shift !== shift) {
      differences.push(
        `line ${number}: phase shift ${shift} by the labels, ${found.shift} recorded (2^-${geometry.angleDigits} rad)`,
      );
    }
  };

  const carrying = new Set<number>();
  const carry = (number: number): void => {
    if (carrying.has(number)) differences.push(`line ${number}: in the records twice`);
    carrying.add(number);
  };
  tree.forEach((record, i) => {
    if (record.line === 0) return;
    const [from, to] = record.childIsFrom ? [i, record.parent] : [record.parent, i];
    carry(record.line);
    // The gauge takes up the shift of the tree's lines.
    const shift = gauge[from]! - gauge[to]!;
    compare(record.line, { from, to, susceptance: record.susceptance, shift });
  });
  for (const chord of records.chords) {
    carry(chord.place);
    if (chord.kind === "pmu") differences.push(`line ${chord.place}: a PMU's edge among the lines`);
    else compare(chord.place, inCaseDirection(chord, gauge));
  }
  for (const probe of records.probes) {
    if (probe.kind !== "pmu") compare(probe.place, inCaseDirection(probe, gauge));
  }
  for (const { number } of grid.lines) {
    if (!carrying.has(number)) differences.push(`line ${number}: in the labels, not in the records`);
  }
  return differences;
}

/** An edge's meter sits at its `from`, which is the line's to bus for a meter at that end. */
function inCaseDirection(edge: EdgeRecord, gauge: Float64Array): RecordedLine {
  const forward = edge.kind === "flowFrom";
  const [from, to] = forward ? [edge.from, edge.to] : [edge.to, edge.from];
  const left = forward ? edge.shift : -edge.shift;
  return { from, to, susceptance: edge.susceptance, shift: left + gauge[from]! - gauge[to]! };
}

/** γ by tree record, in angle units. */
function gaugeUnits(records: VersionRecords, grid: Grid): Float64Array {
  const shifts = new Map(grid.lines.map(({ number, shiftRad }) => [number, shiftRad]));
  const units = 2 ** records.geometry.angleDigits;
  return gaugeRad(records, (line) => shifts.get(line) ?? 0).map((rad) => Math.round(rad * units));
}

function compareMeters(
  records: VersionRecords,
  grid: Grid,
  meters: readonly Meter[],
  seats: ReadonlyMap<string, number>,
): string[] {
  const { geometry, directory } = records;
  if (meters.length !== directory.length) {
    return [`the labels name ${meters.length} meters, the records have ${directory.length}`];
  }
  const differences: string[] = [];
  if (new Set(meters.map(({ id }) => id)).size < meters.length) {
    differences.push("two meters have the same name in the labels");
  }
  const seatOf = records.metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
  const rows = rowsByMeter(records);
  for (const meter of rows.keys()) {
    if (meter >= meters.length)
      differences.push(`a row in the records names meter ${meter}, which there is not`);
  }
  const lines = new Map(grid.lines.map((line) => [line.number, line]));
  const ties = tieStrengths(grid);
  const tieOf = new Map(grid.buses.map(({ number }, i) => [number, ties[i]!]));
  for (const [i, meter] of meters.entries()) {
    const entry = directory[i]!;
    const kind = METER_KINDS[entry.kind];
    const differ = (what: string, labelled: unknown, recorded: unknown): void => {
      if (labelled !== recorded) {
        differences.push(
          `meter ${meter.id}: ${what} ${String(labelled)} in the labels, ${String(recorded)} recorded`,
        );
      }
    };
    differ("kind", meter.kind, kind);
    differ("place", meter.place, entry.place);
    differ("seat of its owner", seats.get(meter.owner) ?? `none (${meter.owner} is no member)`, seatOf[i]);
    differ(
      "weight",
      guarded(() => weightOf(sigmaInCounts(meter, geometry.powerUnitKw), geometry, `meter ${meter.id}`)),
      entry.weight,
    );
    const isFlow = meter.kind === "flowFrom" || meter.kind === "flowTo";
    const strength = isFlow ? lines.get(meter.place)?.susceptanceKwPerRad : tieOf.get(meter.place);
    const range =
      meter.kind === "pmu" ? MAX_RANGE_BITS : strength && rangeBitsOf(strength, geometry.powerUnitKw);
    differ("range bits", range, entry.rangeBits);
    differ("row", `${meter.kind} ${meter.place} ${entry.weight}`, rows.get(i) ?? "none");
  }
  return differences;
}

/** The row of each meter, as `kind place weight`; those of a meter with several rows, joined. */
function rowsByMeter(records: VersionRecords): Map<number, string> {
  const { geometry, tree, chords, probes } = records;
  const rows = new Map<number, string>();
  const note = (slot: RowSlot | undefined, kind: string, place: number): void => {
    if (slot === undefined || slot.meter === geometry.meters) return;
    const before = rows.get(slot.meter);
    const row = `${kind} ${place} ${slot.weight}`;
    rows.set(slot.meter, before === undefined ? row : `${before}, ${row}`);
  };
  for (const record of tree) {
    note(record.injection, "injection", record.bus);
    const atFrom = record.childIsFrom !== record.mainAtParent;
    if (record.line === 0) note(record.main, "pmu", record.bus);
    else note(record.main, atFrom ? "flowFrom" : "flowTo", record.line);
  }
  for (const { row, kind, place } of [...chords, ...probes]) note(row, kind, place);
  return rows;
}

/** Zero injections and the edges of PMUs: what the records state without a label of its own. */
function compareZeroInjections(records: VersionRecords, grid: Grid, meters: readonly Meter[]): string[] {
  const { geometry, tree, probes } = records;
  const differences: string[] = [];
  const buses = new Map(grid.buses.map((bus) => [bus.number, bus]));
  const metered = new Set(meters.flatMap(({ kind, place }) => (kind === "injection" ? [place] : [])));
  for (const { injection, bus } of tree) {
    if (injection?.meter !== geometry.meters) continue;
    const labelled = buses.get(bus);
    if (labelled === undefined) continue;
    if (labelled.loadKw !== 0 || labelled.generationKw !== 0 || metered.has(bus)) {
      differences.push(
        `bus ${bus}: a zero injection in the records, where the labels have load, generation or a meter`,
      );
    }
  }
  const gauge = gaugeUnits(records, grid);
  const susceptance = pmuSusceptance(geometry);
  tree.forEach((record, i) => {
    if (i < geometry.roots || geometry.factored || record.line !== 0) return;
    if (record.susceptance !== susceptance || record.parent >= geometry.roots || record.mainAtParent) {
      differences.push(`PMU at bus ${record.bus}: its row does not measure the bus's angle`);
    }
  });
  for (const probe of probes) {
    if (probe.kind !== "pmu") continue;
    if (
      tree[probe.from]?.bus !== probe.place ||
      probe.to >= geometry.roots ||
      probe.susceptance !== susceptance ||
      probe.shift !== -gauge[probe.from]!
    ) {
      differences.push(`PMU at bus ${probe.place}: its row does not measure the bus's angle`);
    }
  }
  return differences;
}

/** What a function gives, or the message with which it refuses to write a quantity. */
function guarded<T>(compute: () => T): T | string {
  try {
    return compute();
  } catch (error) {
    if (error instanceof VersionError) return error.message;
    throw error;
  }
}

import { compileGrid } from "../compileGrid.js";
import { GridModelError } from "../errors.js";
import type { Grid, GridCase, Line, Meter } from "../types.js";
import { ANGLE_DIGITS, METER_KINDS } from "./constants.js";
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
import { MAX_RANGE_BITS } from "./constants.js";
import type { RowSlot, VersionRecords } from "./types.js";

/** A line as the records have it. */
interface RecordedLine {
  readonly from: number;
  readonly to: number;
  readonly susceptance: number;
  readonly shift: number;
  readonly fromEnd: RowSlot | undefined;
  readonly toEnd: RowSlot | undefined;
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
  const { geometry, tree, chords } = records;
  const differences: string[] = [];
  const byNumber = new Map(grid.lines.map((line) => [line.number, line]));
  const units = 2 ** geometry.angleDigits;
  const shiftOf = (line: Line): number => Math.round(line.shiftRad * units);
  const gauge = gaugeRad(records, (number) => byNumber.get(number)?.shiftRad ?? 0).map((rad) =>
    Math.round(rad * units),
  );
  const recorded = new Map<number, RecordedLine>();
  const note = (number: number, line: RecordedLine): void => {
    if (recorded.has(number)) differences.push(`line ${number}: in the records twice`);
    recorded.set(number, line);
  };
  tree.forEach((record, i) => {
    if (i < geometry.roots || record.pmu) return;
    const [from, to] = record.childIsFrom ? [i, record.parent] : [record.parent, i];
    const [fromEnd, toEnd] = record.childIsFrom
      ? [record.childEnd, record.parentEnd]
      : [record.parentEnd, record.childEnd];
    // The gauge of the tree takes in the shift that the labels give its lines.
    const shift = gauge[from]! - gauge[to]!;
    note(record.line, { from, to, susceptance: record.susceptance, shift, fromEnd, toEnd });
  });
  for (const chord of chords) {
    if (chord.pmu) continue;
    const { from, to, susceptance, fromEnd, toEnd } = chord;
    note(chord.place, {
      from,
      to,
      susceptance,
      shift: chord.shift + gauge[from]! - gauge[to]!,
      fromEnd,
      toEnd,
    });
  }

  for (const line of grid.lines) {
    const found = recorded.get(line.number);
    recorded.delete(line.number);
    if (found === undefined) {
      differences.push(`line ${line.number}: in the labels, not in the records`);
      continue;
    }
    const ends = [grid.buses[line.from]!.number, grid.buses[line.to]!.number];
    const [from, to] = [tree[found.from]?.bus, tree[found.to]?.bus];
    if (from !== ends[0] || to !== ends[1]) {
      differences.push(
        `line ${line.number}: from ${ends[0]} to ${ends[1]} in the labels, ${from} to ${to} in the records`,
      );
      continue;
    }
    const susceptance = guarded(() => susceptanceOf(line.susceptanceKwPerRad, geometry, line.number));
    if (found.susceptance !== susceptance) {
      differences.push(
        `line ${line.number}: susceptance ${susceptance} by the labels, ${found.susceptance} recorded`,
      );
    }
    if (found.shift !== shiftOf(line)) {
      differences.push(
        `line ${line.number}: phase shift ${shiftOf(line)} by the labels, ${found.shift} recorded (2^-${geometry.angleDigits} rad)`,
      );
    }
  }
  for (const number of recorded.keys()) {
    differences.push(`line ${number}: in the records, not in service in the labels`);
  }
  return differences;
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
  const { geometry, tree, chords } = records;
  const rows = new Map<number, string>();
  const note = (slot: RowSlot | undefined, kind: string, place: number): void => {
    if (slot === undefined || slot.meter === geometry.meters) return;
    const before = rows.get(slot.meter);
    const row = `${kind} ${place} ${slot.weight}`;
    rows.set(slot.meter, before === undefined ? row : `${before}, ${row}`);
  };
  tree.forEach((record, i) => {
    note(record.injection, "injection", record.bus);
    if (i < geometry.roots) return;
    if (record.pmu) {
      note(record.childEnd, "pmu", record.bus);
      return;
    }
    note(record.childEnd, record.childIsFrom ? "flowFrom" : "flowTo", record.line);
    note(record.parentEnd, record.childIsFrom ? "flowTo" : "flowFrom", record.line);
  });
  for (const chord of chords) {
    note(chord.fromEnd, chord.pmu ? "pmu" : "flowFrom", chord.place);
    note(chord.toEnd, "flowTo", chord.place);
  }
  return rows;
}

/** Zero injections and the edges of PMUs: what the records state without a label of its own. */
function compareZeroInjections(records: VersionRecords, grid: Grid, meters: readonly Meter[]): string[] {
  const { geometry, tree, chords } = records;
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
  const gauge = gaugeRad(
    records,
    (number) => grid.lines.find((line) => line.number === number)?.shiftRad ?? 0,
  );
  const susceptance = pmuSusceptance(geometry);
  for (const record of tree) {
    if (record.pmu && record.susceptance !== susceptance) {
      differences.push(`PMU at bus ${record.bus}: its coefficient is not 1`);
    }
  }
  for (const chord of chords) {
    if (!chord.pmu) continue;
    const bus = tree[chord.from]?.bus;
    const shift = -Math.round(gauge[chord.from]! * 2 ** geometry.angleDigits);
    if (
      bus !== chord.place ||
      chord.to >= geometry.roots ||
      chord.susceptance !== susceptance ||
      chord.shift !== shift
    ) {
      differences.push(`PMU at bus ${chord.place}: its row does not measure the bus's angle`);
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

import { compileGrid } from "../grid/compileGrid.js";
import type { GridCase, Meter, MeterKind } from "../grid/types.js";
import { gaugeRad } from "../grid/version/buildVersion.js";
import type { VersionRecords } from "../grid/version/types.js";
import type { SlotEstimate } from "./estimateSlot.js";

/** A meter in a slot. kW, a PMU's values in radians; null where there is no such value. */
export interface ExportedMeter {
  readonly meter: string;
  readonly kind: MeterKind;
  readonly place: number;
  readonly owner: string;
  readonly unit: "kW" | "rad";
  readonly measured: number | null;
  readonly estimated: number | null;
  readonly residual: number | null;
  readonly normalisedResidual: number | null;
  /** Nothing was measured: `estimated` fills the gap. */
  readonly filled: boolean;
}

/** A slot's estimate, in the grid's own words. */
export interface SlotExport {
  readonly meters: readonly ExportedMeter[];
  /** θ of each bus in service, in the order of the case; 0 at the references. */
  readonly buses: readonly { readonly bus: number; readonly angleRad: number }[];
  /** Estimated flow into each line at its from end. */
  readonly lines: readonly {
    readonly line: number;
    readonly from: number;
    readonly to: number;
    readonly flowKw: number;
  }[];
}

/**
 * An estimate by meter, bus and line. The angles are the grid's own: the version's gauge, which takes up phase shifts
 * along its tree, is added back.
 */
export function slotExport(
  records: VersionRecords,
  labels: { readonly case: GridCase; readonly meters: readonly Meter[] },
  estimate: SlotEstimate,
): SlotExport {
  const grid = compileGrid(labels.case);
  const { roots } = records.geometry;
  const shifts = new Map(grid.lines.map(({ number, shiftRad }) => [number, shiftRad]));
  const gauge = gaugeRad(records, (line) => shifts.get(line) ?? 0);
  const angle = new Map(
    records.tree.map(({ bus }, i) => [bus, i < roots ? 0 : estimate.theta[i - roots]! + gauge[i]!]),
  );
  const angleOf = (position: number): number => angle.get(grid.buses[position]!.number) ?? NaN;
  return {
    meters: labels.meters.map(({ id, kind, place, owner }, i) => ({
      meter: id,
      kind,
      place,
      owner,
      unit: kind === "pmu" ? "rad" : "kW",
      measured: orNull(estimate.measured[i]),
      estimated: orNull(estimate.estimated[i]),
      residual: orNull(estimate.residual[i]),
      normalisedResidual: orNull(estimate.normalised[i]),
      filled: Number.isNaN(estimate.measured[i]),
    })),
    buses: grid.buses.map(({ number }, position) => ({ bus: number, angleRad: angleOf(position) })),
    lines: grid.lines.map(({ number, from, to, susceptanceKwPerRad, shiftRad }) => ({
      line: number,
      from: grid.buses[from]!.number,
      to: grid.buses[to]!.number,
      flowKw: susceptanceKwPerRad * (angleOf(from) - angleOf(to) - shiftRad),
    })),
  };
}

/** The columns of `slotExportCsv`. */
const COLUMNS = [
  "row",
  "name",
  "kind",
  "place",
  "owner",
  "unit",
  "measured",
  "estimated",
  "residual",
  "normalisedResidual",
  "filled",
];

/**
 * An exported slot as one CSV table: a row `meter` for each meter, `bus` for each bus (its angle), `line` for each line
 * (its flow at the from end; kind is `from-to`). What a row does not have is empty.
 */
export function slotExportCsv({ meters, buses, lines }: SlotExport): string {
  const rows = [
    COLUMNS,
    ...meters.map((meter) => [
      "meter",
      meter.meter,
      meter.kind,
      meter.place,
      meter.owner,
      meter.unit,
      meter.measured,
      meter.estimated,
      meter.residual,
      meter.normalisedResidual,
      meter.filled,
    ]),
    ...buses.map(({ bus, angleRad }) => ["bus", bus, "angle", bus, "", "rad", "", angleRad, "", "", ""]),
    ...lines.map(({ line, from, to, flowKw }) => [
      "line",
      line,
      `${from}-${to}`,
      line,
      "",
      "kW",
      "",
      flowKw,
      "",
      "",
      "",
    ]),
  ];
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function cell(value: string | number | boolean | null): string {
  const text = value === null ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import type { Grid, Meter } from "../grid/types.js";
import { MOST_NODES, gridLayout } from "./gridLayout.js";
import { escapeHtml } from "./html.js";
import { alarmColour, categoryColour } from "./palette.js";

/** A meter that the map points out. */
export interface MarkedMeter {
  readonly meter: Meter;
  readonly mark: "alarm" | "silent";
}

const WIDTH = 1000;
const MARGIN = 24;

/**
 * A map of a grid as SVG: buses in the colour of their operator, lines between them, some meters marked. The places
 * are a drawing, not geography.
 *
 * @param partOfBus Position of the operator, by bus in grid order.
 * @returns Undefined for a grid too large to be drawn.
 */
export function gridMap(
  grid: Grid,
  partOfBus: Int32Array,
  marked: readonly MarkedMeter[],
): string | undefined {
  const count = grid.buses.length;
  if (count > MOST_NODES) return undefined;
  const { x, y } = gridLayout(
    count,
    grid.lines.map(({ from, to }) => [from, to]),
  );
  const [left, right] = bounds(x);
  const [top, bottom] = bounds(y);
  const scale = (WIDTH - 2 * MARGIN) / Math.max(right - left, 1.5 * (bottom - top), 1e-9);
  const height = (bottom - top) * scale + 2 * MARGIN;
  const shift = (WIDTH - (right - left) * scale) / 2;
  const px = (bus: number): string => (shift + (x[bus]! - left) * scale).toFixed(1);
  const py = (bus: number): string => (MARGIN + (y[bus]! - top) * scale).toFixed(1);
  const radius = Math.max(1.8, Math.min(7, 75 / Math.sqrt(count)));
  const ends = (from: number, to: number): string =>
    `x1="${px(from)}" y1="${py(from)}" x2="${px(to)}" y2="${py(to)}"`;

  const lines = grid.lines.map(({ from, to }) => {
    const tie = partOfBus[from] !== partOfBus[to];
    const colour = tie ? "var(--soft)" : categoryColour(partOfBus[from]!);
    return `<line ${ends(from, to)} stroke="${colour}"${tie ? ' stroke-dasharray="3 3"' : ' opacity=".55"'}/>`;
  });
  const buses = grid.buses.map(({ number }, bus) => {
    const colour = categoryColour(partOfBus[bus]!);
    return `<circle cx="${px(bus)}" cy="${py(bus)}" r="${radius.toFixed(1)}" fill="${colour}"><title>bus ${number}</title></circle>`;
  });
  const marks = marked.flatMap(({ meter, mark }) => {
    const colour = mark === "alarm" ? alarmColour : "var(--ink)";
    const line = grid.lines.find(
      ({ number }) => meter.kind !== "injection" && meter.kind !== "pmu" && number === meter.place,
    );
    const bus = line?.from ?? grid.buses.findIndex(({ number }) => number === meter.place);
    const text = `<text x="${px(bus)}" y="${py(bus)}" dx="${(radius + 5).toFixed(1)}" dy="-6" fill="${colour}">${escapeHtml(meter.id)}</text>`;
    const shape =
      line === undefined
        ? `<circle cx="${px(bus)}" cy="${py(bus)}" r="${(radius + 3).toFixed(1)}" fill="none" stroke="${colour}" stroke-width="2.5"/>`
        : `<line ${ends(line.from, line.to)} stroke="${colour}" stroke-width="4" stroke-linecap="round"/>`;
    return [shape, text];
  });
  const width = Math.max(0.6, Math.min(1.6, radius / 3)).toFixed(1);
  return [
    `<svg role="img" aria-label="Map of ${escapeHtml(grid.name)}" class="plot map" viewBox="0 0 ${WIDTH} ${height.toFixed(0)}">`,
    `<g stroke-width="${width}">${lines.join("")}</g>`,
    buses.join(""),
    ...marks,
    "</svg>",
  ].join("\n");
}

function bounds(values: Float64Array): [least: number, most: number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

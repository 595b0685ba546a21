import { gridFormat } from "./readGridJson.js";
import type { GridCase } from "./types.js";

/** Writes a case in the project's own JSON format: one bus or line a row, defaults left out. */
export function writeGridJson(gridCase: GridCase): string {
  const buses = gridCase.buses.map((bus) => ({
    number: bus.number,
    reference: bus.reference || undefined,
    loadMw: bus.loadMw || undefined,
    shuntMw: bus.shuntMw || undefined,
    generationMw: bus.generationMw || undefined,
    inService: bus.inService ? undefined : false,
  }));
  const lines = gridCase.lines.map((line, index) => ({
    number: line.number === index + 1 ? undefined : line.number,
    from: line.from,
    to: line.to,
    reactance: line.reactance,
    tap: line.tap === 1 ? undefined : line.tap,
    shiftDegrees: line.shiftDegrees || undefined,
    inService: line.inService ? undefined : false,
  }));
  const head = {
    format: gridFormat,
    name: gridCase.name,
    source: gridCase.source,
    licence: gridCase.licence,
    baseMva: gridCase.baseMva,
  };
  const members = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`,
  );
  return `{\n${members.join("")}  "buses": ${rowsOf(buses)},\n  "lines": ${rowsOf(lines)}\n}\n`;
}

function rowsOf(rows: readonly object[]): string {
  if (rows.length === 0) return "[]";
  return `[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`;
}

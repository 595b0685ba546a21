import { GridModelError } from "./errors.js";
import type { Bus, CaseBus, Grid, GridCase, Line } from "./types.js";

const kwPerMw = 1000;

/**
 * Makes the DC model of a case: leaves out what is out of service and the buses no line reaches, finds the islands,
 * and turns reactances into susceptances, b = base/(x·tap).
 *
 * Buses and lines keep the order of the case; islands are numbered by their first bus.
 *
 * @throws GridModelError when nothing is connected, or an island has no reference bus or several.
 */
export function compileGrid(gridCase: GridCase): Grid {
  const caseBus = new Map(gridCase.buses.map((bus) => [bus.number, bus]));
  const inService = (number: number): boolean => caseBus.get(number)?.inService === true;
  const caseLines = gridCase.lines.filter(
    (line) => line.inService && inService(line.from) && inService(line.to),
  );
  const reached = new Set(caseLines.flatMap((line) => [line.from, line.to]));
  const kept = gridCase.buses.filter(({ number }) => reached.has(number));
  if (kept.length === 0)
    throw new GridModelError(`${gridCase.name}: no line is in service between two buses in service`);

  const position = new Map(kept.map(({ number }, index) => [number, index]));
  const at = (number: number): number => position.get(number) ?? -1;
  const lines = caseLines.map((line): Line => ({
    number: line.number,
    from: at(line.from),
    to: at(line.to),
    susceptanceKwPerRad: (gridCase.baseMva * kwPerMw) / (line.reactance * line.tap),
    shiftRad: (line.shiftDegrees * Math.PI) / 180,
  }));
  const island = islandOfBus(kept.length, lines);
  const islands = Math.max(...new Set(island)) + 1;
  for (let number = 0; number < islands; number++) {
    checkReference(
      gridCase.name,
      kept.filter((_, index) => island[index] === number),
    );
  }

  const buses = kept.map((bus, index): Bus => ({
    number: bus.number,
    island: island[index] ?? 0,
    reference: bus.reference,
    loadKw: (bus.loadMw + bus.shuntMw) * kwPerMw,
    generationKw: bus.generationMw * kwPerMw,
  }));
  const isolated = gridCase.buses.filter(({ number }) => !reached.has(number)).map(({ number }) => number);
  return { name: gridCase.name, buses, lines, islands, isolated };
}

/** The island of each bus, numbered from 0 by first bus. */
function islandOfBus(count: number, lines: readonly Line[]): Int32Array {
  const neighbours = Array.from({ length: count }, (): number[] => []);
  for (const { from, to } of lines) {
    neighbours[from]?.push(to);
    neighbours[to]?.push(from);
  }
  const island = new Int32Array(count).fill(-1);
  let islands = 0;
  for (let first = 0; first < count; first++) {
    if (island[first] !== -1) continue;
    const queue = [first];
    island[first] = islands;
    for (let bus = queue.pop(); bus !== undefined; bus = queue.pop()) {
      for (const next of neighbours[bus] ?? []) {
        if (island[next] !== -1) continue;
        island[next] = islands;
        queue.push(next);
      }
    }
    islands++;
  }
  return island;
}

function checkReference(name: string, buses: readonly CaseBus[]): void {
  const references = buses.filter(({ reference }) => reference);
  if (references.length === 0) {
    throw new GridModelError(
      `${name}: expected one reference bus in the island of ${listed(buses)}, found none`,
    );
  }
  if (references.length > 1) {
    throw new GridModelError(
      `${name}: expected one reference bus in the island of ${listed(buses)}, found ${listed(references)}`,
    );
  }
}

function listed(buses: readonly CaseBus[]): string {
  const most = 10;
  const numbers = buses.slice(0, most).map(({ number }) => number);
  const more = buses.length > most ? ` and ${buses.length - most} more` : "";
  return `${buses.length === 1 ? "bus" : "buses"} ${numbers.join(", ")}${more}`;
}

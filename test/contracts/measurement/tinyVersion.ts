import { compileGrid } from "../../../workers/grid/compileGrid.js";
import type { GridCase, Meter, MeterKind, MeteringPlan } from "../../../workers/grid/types.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { versionModel } from "../../../workers/grid/version/versionModel.js";

const shared = { loadMw: 0, shuntMw: 0, generationMw: 0, inService: true };

/** Four buses: two tree lines, a chord with a phase shifter, and a line that only a PMU at its far bus looks behind. */
export const tinyCase: GridCase = {
  name: "tiny",
  source: "",
  licence: "",
  baseMva: 10,
  buses: [1, 2, 3, 4].map((number) => ({ number, reference: number === 1, ...shared })),
  lines: [
    [1, 2, 0],
    [2, 3, 0],
    [1, 3, 1.5],
    [3, 4, 0],
  ].map(([from, to, shiftDegrees], i) => ({
    number: i + 1,
    from: from!,
    to: to!,
    reactance: 0.2,
    tap: 1,
    shiftDegrees: shiftDegrees!,
    inService: true,
  })),
};

/** Three operators; bus 3 injects nothing. */
export const tinyPlan: MeteringPlan = {
  meters: [
    meter("flowFrom", 1, "A"),
    meter("flowFrom", 2, "A"),
    meter("injection", 1, "A"),
    meter("flowTo", 1, "B"),
    meter("flowFrom", 3, "B"),
    meter("injection", 2, "B"),
    meter("pmu", 4, "C"),
    meter("injection", 4, "C"),
  ],
  zeroInjections: [3],
  zeroInjectionSigma: 10,
};

const seats = new Map([
  ["A", 0],
  ["B", 1],
  ["C", 2],
]);

/** The version of a plan on the tiny grid. Every kind of record is there. */
export function tinyVersion(
  plan: MeteringPlan = tinyPlan,
  owners: ReadonlyMap<string, number> = seats,
): VersionRecords {
  return buildVersion(compileGrid(tinyCase), plan, owners).records;
}

/**
 * What the meters read, counts, when the last bus but one is where the injection at bus 3 is zero; with a small error that
 * depends on `seed` alone.
 */
export function readings(records: VersionRecords, seed = 1): number[] {
  const { h, offset, weight } = versionModel(records);
  const theta = records.tree.slice(1).map(({ bus }) => -0.01 * bus);
  const predicted = (row: number): number => {
    let value = -offset[row]!;
    for (let p = h.start[row]!; p < h.start[row + 1]!; p++) value += h.value[p]! * theta[h.column[p]!]!;
    return value;
  };
  const free = records.tree.findIndex(({ bus }) => bus === 3) - 1;
  for (let row = records.geometry.meters; row < h.rows; row++) {
    for (let p = h.start[row]!; p < h.start[row + 1]!; p++) {
      if (h.column[p] === free) theta[free] = theta[free]! - predicted(row) / h.value[p]!;
    }
  }
  return Array.from({ length: records.geometry.meters }, (_, row) =>
    Math.round(predicted(row) + (Math.sin(1000 * seed + 7 * row) * 0.8) / Math.sqrt(weight[row]!)),
  );
}

function meter(kind: MeterKind, place: number, owner: string): Meter {
  return { id: `${kind} ${place}`, kind, place, owner, sigma: kind === "pmu" ? 1e-4 : 10 };
}

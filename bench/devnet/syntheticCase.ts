import { seededRandom } from "../../workers/grid/seededRandom.js";
import type { CaseBus, CaseLine, GridCase } from "../../workers/grid/types.js";

const BASE_MVA = 100;
const SEED = 1;
/** Most that a bus draws. */
const MOST_LOAD_MW = 40;

/**
 * A grid of any size that needs no file: rows of buses one above the other, each joined to the next in its row and to the
 * one above it, with reactances and loads drawn from a fixed seed; every tenth bus has a generator, and together they give
 * what is drawn.
 *
 * @param buses At least 4.
 */
export function syntheticCase(buses: number): GridCase {
  const random = seededRandom(SEED);
  const width = Math.ceil(Math.sqrt(buses));
  const loads = Array.from({ length: buses }, () => Math.round(10 * MOST_LOAD_MW * random()) / 10);
  const total = loads.reduce((sum, load) => sum + load, 0);
  const generators = Math.ceil(buses / 10);
  const caseBuses = loads.map((loadMw, i): CaseBus => ({
    number: i + 1,
    reference: i === 0,
    loadMw,
    shuntMw: 0,
    generationMw: i % 10 === 0 ? total / generators : 0,
    inService: true,
  }));
  const ends = caseBuses.flatMap((_, i) => {
    const right = (i + 1) % width !== 0 && i + 1 < buses ? [[i, i + 1] as const] : [];
    const above = i + width < buses ? [[i, i + width] as const] : [];
    return [...right, ...above];
  });
  const lines = ends.map(([from, to], i): CaseLine => ({
    number: i + 1,
    from: from + 1,
    to: to + 1,
    reactance: Math.round(1e4 * (0.02 + 0.1 * random())) / 1e4,
    tap: 1,
    shiftDegrees: 0,
    inService: true,
  }));
  return {
    name: `synthetic${buses}`,
    source: "drawn from a seed",
    licence: "",
    baseMva: BASE_MVA,
    buses: caseBuses,
    lines,
  };
}

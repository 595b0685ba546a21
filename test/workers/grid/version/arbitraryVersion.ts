import * as fc from "fast-check";
import { compileGrid } from "../../../../workers/grid/compileGrid.js";
import type { Grid, Meter, MeteringPlan } from "../../../../workers/grid/types.js";
import { type BuiltVersion, buildVersion } from "../../../../workers/grid/version/buildVersion.js";
import { arbitraryCase } from "../arbitraryCase.js";

/** A grid with a plan that spans it, and what becomes of them. */
export interface MadeVersion {
  readonly grid: Grid;
  readonly plan: MeteringPlan;
  readonly seats: ReadonlyMap<string, number>;
  readonly built: BuiltVersion;
}

const ends = fc.constantFrom("none", "from", "to", "both", "both");
const atBus = fc.constantFrom("none", "injection", "injection", "zero");
const kwSigma = fc.constantFrom(50, 100, 400, 1000);
const owner = fc.constantFrom("A", "B", "C");

/**
 * Random versions of small grids: lines metered at any ends or none, parallel ones, negative reactances, phase shifters,
 * PMUs (where the flow meters do not reach, and elsewhere), injections measured, known to be zero or unknown, one
 * island or several.
 */
export function arbitraryVersion(most = 8, { islands = 1 } = {}): fc.Arbitrary<MadeVersion> {
  return fc
    .record({
      gridCase: arbitraryCase(most, { islands }),
      ends: fc.infiniteStream(ends),
      atBus: fc.infiniteStream(atBus),
      pmu: fc.infiniteStream(fc.constantFrom(false, false, false, true)),
      sign: fc.infiniteStream(fc.constantFrom(1, 1, 1, -1)),
      sigma: fc.infiniteStream(kwSigma),
      pmuSigma: fc.infiniteStream(fc.constantFrom(2e-4, 1e-3)),
      owner: fc.infiniteStream(owner),
    })
    .map(({ gridCase, ...streams }) => {
      const grid = compileGrid({
        ...gridCase,
        lines: gridCase.lines.map((line) => ({ ...line, reactance: line.reactance * next(streams.sign) })),
      });
      const meters: Meter[] = [];
      const add = (kind: Meter["kind"], place: number, sigma: number): void => {
        meters.push({ id: `${kind} ${place}`, kind, place, sigma, owner: next(streams.owner) });
      };
      const group = grid.buses.map((bus, i) => (bus.reference ? -1 : i));
      const join = (a: number, b: number): void => {
        const [keep, drop] = [Math.min(group[a]!, group[b]!), Math.max(group[a]!, group[b]!)];
        group.forEach((g, i) => (group[i] = g === drop ? keep : g));
      };
      for (const line of grid.lines) {
        const at = next(streams.ends);
        if (at === "from" || at === "both") add("flowFrom", line.number, next(streams.sigma));
        if (at === "to" || at === "both") add("flowTo", line.number, next(streams.sigma));
        if (at !== "none") join(line.from, line.to);
      }
      const zeroInjections: number[] = [];
      grid.buses.forEach((bus, i) => {
        const choice = next(streams.atBus);
        if (choice === "injection") add("injection", bus.number, next(streams.sigma));
        if (choice === "zero") zeroInjections.push(bus.number);
        const wanted = next(streams.pmu);
        if (bus.reference || (group[i] === -1 && !wanted)) return;
        add("pmu", bus.number, next(streams.pmuSigma));
        const own = group[i]!;
        group.forEach((g, k) => (group[k] = g === own ? -1 : g));
      });
      const plan = { meters, zeroInjections, zeroInjectionSigma: 50 };
      const seats = new Map([
        ["A", 0],
        ["B", 1],
        ["C", 2],
      ]);
      return { grid, plan, seats, built: buildVersion(grid, plan, seats) };
    });
}

function next<T>(stream: fc.Stream<T>): T {
  return stream.next().value as T;
}

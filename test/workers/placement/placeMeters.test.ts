import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { analyze } from "../../../workers/estimation/analysis.js";
import { criticalRows } from "../../../workers/estimation/criticalRows.js";
import { observability } from "../../../workers/estimation/observability.js";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { inspectGrid } from "../../../workers/grid/inspectGrid.js";
import { measurementModel } from "../../../workers/grid/measurementModel.js";
import { partition } from "../../../workers/grid/partition.js";
import type { Grid, Meter, MeteringPlan } from "../../../workers/grid/types.js";
import { candidateMeters } from "../../../workers/placement/candidateMeters.js";
import { PlacementError } from "../../../workers/placement/errors.js";
import { placeMeters } from "../../../workers/placement/placeMeters.js";
import { exactNullSpace } from "../estimation/exactNullSpace.js";
import { itForEachCase } from "../grid/realCases.js";

/** IEEE 14 with whole susceptances, so that sums of rows are exact. */
const grid = wholeSusceptances(compileGrid(builtinCase("ieee14")));
/** Lines that span it. */
const TREE = ["F1", "F2", "F3", "F4", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F17", "F18"];
const names = ["North", "East", "South"];
const plan = defaultPlan(grid, partition(grid, names));

/** Some of the meters of the default plan. */
const thinned = fc
  .tuple(
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 34, maxLength: 34 }),
    fc.double({ min: 0.1, max: 0.7, noNaN: true }),
  )
  .map(([draws, share]) => withMeters(plan.meters.filter((_, i) => draws[i]! > share)))
  .filter(({ meters }) => names.every((name) => meters.some(({ owner }) => owner === name)));

function wholeSusceptances(of: Grid): Grid {
  const lines = of.lines.map((line) => ({
    ...line,
    susceptanceKwPerRad: Math.round(line.susceptanceKwPerRad),
  }));
  return { ...of, lines };
}

function withMeters(meters: readonly Meter[], more: readonly Meter[] = []): MeteringPlan {
  return { ...plan, meters: [...meters, ...more] };
}

/** Rank by exact elimination. */
function exactRank(of: MeteringPlan): number {
  const { h } = measurementModel(grid, of);
  const rows = Array.from({ length: h.rows }, (_, row) => {
    const dense = Array.from({ length: h.columns }, () => 0);
    for (let p = h.start[row]!; p < h.start[row + 1]!; p++) dense[h.column[p]!] = h.value[p]!;
    return dense;
  });
  return exactNullSpace(rows, h.columns).rank;
}

function criticalIds(of: MeteringPlan): string[] {
  return criticalRows(analyze(measurementModel(grid, of).h)).flatMap((row) => of.meters[row]?.id ?? []);
}

/** Whether some `size` of the candidates leave no meter critical. */
function anyCover(base: MeteringPlan, size: number): boolean {
  const candidates = candidateMeters(grid, base).map((meter) => ({ ...meter, owner: "North" }));
  const tries = (from: number, chosen: readonly Meter[]): boolean => {
    if (chosen.length === size) return criticalIds(withMeters(base.meters, chosen)).length === 0;
    for (let i = from; i < candidates.length; i++) if (tries(i + 1, [...chosen, candidates[i]!])) return true;
    return false;
  };
  return tries(0, []);
}

describe("placeMeters", () => {
  it("adds nothing to a plan that is as it should be", async () => {
    for (const goal of ["observable", "redundant"] as const) {
      const placed = await placeMeters(grid, plan, { goal });
      expect(placed).to.deep.equal({ goal, meters: [], lowerBound: 0, exact: true, open: [] });
    }
  });

  it("makes a grid observable with as many meters as the exact rank lacks, and no fewer", async () => {
    await fc.assert(
      fc.asyncProperty(thinned, async (base) => {
        const placed = await placeMeters(grid, base, { goal: "observable" });
        expect(placed.meters).to.have.length(13 - exactRank(base));
        expect(exactRank(withMeters(base.meters, placed.meters))).to.equal(13);
        expect(placed).to.include({ exact: true, lowerBound: placed.meters.length });
      }),
      { numRuns: 60, seed: 118 },
    );
  });

  it("checks every critical meter with the fewest new ones: no smaller set does, tried one by one", async function run() {
    this.timeout(60_000);
    const base = withMeters(plan.meters.filter(({ id }) => [...TREE, "I4", "I10"].includes(id)));
    expect(criticalIds(base)).to.have.length.above(2);
    const placed = await placeMeters(grid, base, { goal: "redundant" });
    expect(placed.open).to.deep.equal(criticalIds(base));
    expect(criticalIds(withMeters(base.meters, placed.meters))).to.deep.equal([]);
    expect(placed.exact).to.equal(true);
    expect(placed.meters.length).to.be.within(2, 4);
    for (let size = 0; size < placed.meters.length; size++) {
      expect(anyCover(base, size), `${size} meters`).to.equal(false);
    }
  });

  it("leaves no critical meter in any thinned plan, each new one checked by another operator if it can be", async function run() {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(thinned, async (thin) => {
        const open = await placeMeters(grid, thin, { goal: "observable" });
        const base = withMeters(thin.meters, open.meters);
        const placed = await placeMeters(grid, base, { goal: "redundant" });
        expect(placed.open).to.deep.equal(criticalIds(base));
        expect(criticalIds(withMeters(base.meters, placed.meters))).to.deep.equal([]);
        expect(placed.meters.length).to.be.at.most(placed.open.length);
        for (const { owner } of placed.meters) expect(names).to.include(owner);
      }),
      { numRuns: 30, seed: 118 },
    );
  });

  it("guards against a coalition with meters of the others, who then determine every angle", async () => {
    const coalition = ["North", "East"];
    const placed = await placeMeters(grid, plan, { goal: "guarded", coalition });
    expect(placed.open).to.have.length.above(0);
    for (const { owner } of placed.meters) expect(owner).to.equal("South");
    const others = withMeters(
      plan.meters.filter(({ owner }) => owner === "South"),
      placed.meters,
    );
    expect(exactRank(others)).to.equal(13);
    expect(exactRank(withMeters(others.meters.slice(0, -1)))).to.equal(12);
  });

  it("names what it cannot do", async () => {
    const without8 = plan.meters.filter(({ id }) => id !== "F14" && id !== "I7" && id !== "I8");
    await refused({ goal: "redundant" }, withMeters(without8), "not observable at buses 8: mend that first");
    await refused({ goal: "guarded", coalition: ["West"] }, plan, "West owns no meter");
    await refused({ goal: "guarded", coalition: names }, plan, "nobody in the island of");
  });

  itForEachCase("mends a plan that lost every other meter", async (real: Grid) => {
    const full = defaultPlan(real, partition(real, names));
    const half = { ...full, meters: full.meters.filter((_, i) => i % 3 !== 0) };
    const { meters, exact } = await placeMeters(real, half, { goal: "observable" });
    const mended = { ...half, meters: [...half.meters, ...meters] };
    expect(exact).to.equal(true);
    expect(observability(analyze(measurementModel(real, mended).h)).observable).to.equal(true);
    const checks = await placeMeters(real, mended, { goal: "redundant" });
    const checked = { ...mended, meters: [...mended.meters, ...checks.meters] };
    expect(inspectGrid(real, checked, 0.001).criticalMeters).to.deep.equal([]);
  });
});

async function refused(
  request: Parameters<typeof placeMeters>[2],
  base: MeteringPlan,
  message: string,
): Promise<void> {
  const error: unknown = await placeMeters(grid, base, request).catch((caught: unknown) => caught);
  expect(error).to.be.instanceOf(PlacementError);
  expect((error as Error).message).to.include(message);
}

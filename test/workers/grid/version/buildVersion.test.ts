import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { measurementModel } from "../../../../workers/grid/measurementModel.js";
import type { Grid, Line, Meter, MeterKind, MeteringPlan } from "../../../../workers/grid/types.js";
import { buildVersion, gaugeRad } from "../../../../workers/grid/version/buildVersion.js";
import { METER_KINDS, PMU_DIGITS } from "../../../../workers/grid/version/constants.js";
import { UnobservableError, VersionError } from "../../../../workers/grid/version/errors.js";
import { packRecords } from "../../../../workers/grid/version/packRecords.js";
import { unpackRecords } from "../../../../workers/grid/version/unpackRecords.js";
import { versionModel } from "../../../../workers/grid/version/versionModel.js";
import { arbitraryVersion, type MadeVersion } from "./arbitraryVersion.js";

const anyVersion = fc.oneof(arbitraryVersion(9), arbitraryVersion(5, { islands: 3 }));
const check = (property: (made: MadeVersion) => void, numRuns = 150): void =>
  fc.assert(fc.property(anyVersion, property), { numRuns, seed: 118, endOnFailure: true });

describe("buildVersion", () => {
  describe("given any grid that its meters span", () => {
    it("stands every bus after its parent: roots, anchors, the others, each bus once", () => {
      check(({ grid, built: { records } }) => {
        const { roots, anchors } = records.geometry;
        expect(roots).to.equal(grid.islands);
        expect(records.tree.map((record) => record.bus)).to.have.members(grid.buses.map((bus) => bus.number));
        const lineOf = new Map(grid.lines.map((line) => [line.number, line]));
        records.tree.forEach((record, i) => {
          const bus = grid.buses.find((b) => b.number === record.bus)!;
          expect(bus.reference).to.equal(i < roots);
          if (i < roots) return;
          expect(record.parent).to.be.below(i < roots + anchors ? roots : i);
          expect(record.line === 0).to.equal(i < roots + anchors);
          if (i < roots + anchors) return;
          const line = lineOf.get(record.line)!;
          const [from, to] = [grid.buses[line.from]!.number, grid.buses[line.to]!.number];
          const parent = records.tree[record.parent]!.bus;
          expect(record.childIsFrom ? [from, to] : [to, from]).to.deep.equal([record.bus, parent]);
        });
      });
    });

    it("takes each line once, in the tree or as a chord", () => {
      check(({ grid, built: { records } }) => {
        const lines = [...records.tree, ...records.chords.map(({ place }) => ({ line: place }))];
        expect(lines.flatMap(({ line }) => (line === 0 ? [] : [line]))).to.have.members(
          grid.lines.map((line) => line.number),
        );
      });
    });

    it("has each meter in one row, as its directory entry says, and grouped by seat", () => {
      check(({ plan, seats, built: { records, meters } }) => {
        const kinds = new Map<number, string>();
        const put = (meter: number, kind: MeterKind, place: number, weight: number): void => {
          expect(kinds.has(meter), `meter ${meter} twice`).to.equal(false);
          kinds.set(meter, `${kind} ${place} ${weight}`);
        };
        let virtual = 0;
        records.tree.forEach((record, i) => {
          const { injection, main } = record;
          if (injection?.meter === records.geometry.meters) virtual++;
          else if (injection !== undefined) put(injection.meter, "injection", record.bus, injection.weight);
          expect(main === undefined).to.equal(i < records.geometry.roots);
          if (main === undefined) return;
          const flow = record.childIsFrom === record.mainAtParent ? "flowTo" : "flowFrom";
          if (record.line === 0) put(main.meter, "pmu", record.bus, main.weight);
          else put(main.meter, flow, record.line, main.weight);
        });
        for (const { row, kind, place } of [...records.chords, ...records.probes]) {
          if (row !== undefined) put(row.meter, kind, place, row.weight);
        }
        expect(virtual).to.equal(plan.zeroInjections.length);
        expect(kinds.size).to.equal(plan.meters.length);
        records.directory.forEach((entry, i) => {
          expect(kinds.get(i)).to.equal(`${METER_KINDS[entry.kind]} ${entry.place} ${entry.weight}`);
          expect([METER_KINDS[entry.kind], entry.place]).to.deep.equal([meters[i]!.kind, meters[i]!.place]);
        });
        const bySeat = meters.map(({ owner }) => seats.get(owner)!);
        expect(bySeat).to.deep.equal([...bySeat].sort((a, b) => a - b));
        records.metersBySeat.forEach((count, seat) =>
          expect(bySeat.filter((s) => s === seat)).to.have.length(count),
        );
      });
    });

    it("is the measurement model of the plan, up to quantisation and the gauge of the phase shifters", () => {
      fc.assert(
        fc.property(
          anyVersion,
          fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
          (made, angle) => {
            const { grid, plan, built } = made;
            const { records } = built;
            const { roots, powerUnitKw } = records.geometry;
            const angles = new Map(
              grid.buses.map((b) => [b.number, b.reference ? 0 : (angle.next().value as number)]),
            );
            const lineAt = new Map(grid.lines.map((line) => [line.number, line]));
            const gauge = gaugeRad(records, (line) => lineAt.get(line)!.shiftRad);
            const model = measurementModel(grid, { ...plan, meters: [...built.meters] });
            const states = grid.buses.filter((b) => !b.reference).map((b) => angles.get(b.number)!);
            const version = versionModel(records);
            const shifted = records.tree.slice(roots).map((r, i) => angles.get(r.bus)! - gauge[i + roots]!);
            const expected = predictions(model, states);
            const actual = predictions(version, shifted);
            // Virtual rows come in the order of the tree there, in that of the plan here.
            const order = records.tree.flatMap(({ injection, bus: number }) =>
              injection?.meter === plan.meters.length ? [plan.zeroInjections.indexOf(number)] : [],
            );
            actual.forEach((value, row) => {
              const meters = plan.meters.length;
              const kind = built.meters[row]?.kind ?? "injection";
              const unit = kind === "pmu" ? 2 ** -PMU_DIGITS : powerUnitKw;
              const same = row < meters ? row : meters + order[row - meters]!;
              // b is off by up to 2^-7 counts per radian; angles differ by less than 2 + |φ| + |γ| < 12 radians.
              const lines = grid.lines.filter((l) => touches(grid, l, built.meters[row]));
              const slack = lines.reduce(
                (sum, l) => sum + 12 / 128 + Math.abs(l.susceptanceKwPerRad) * 1e-8,
                1e-6,
              );
              expect(Math.abs(value * unit - expected[same]!)).to.be.below(
                kind === "pmu" ? 1e-9 : slack * unit,
              );
              const sigma = row < meters ? built.meters[row]!.sigma : plan.zeroInjectionSigma;
              expect(Math.abs((version.weight[row]! * sigma ** 2) / unit ** 2 - 1)).to.be.below(2e-3);
            });
          },
        ),
        { numRuns: 150, seed: 118, endOnFailure: true },
      );
    });

    it("spans with the strongest edges: no edge that is left out is stronger than one on its way in the tree", () => {
      check(({ built: { records } }) => {
        const { roots } = records.geometry;
        const both = new Map<string, number>();
        const strengthOf = (place: string, weight: number, b: number): void => {
          both.set(place, (both.get(place) ?? 0) + weight * b * b);
        };
        records.tree.slice(roots).forEach((r) => {
          strengthOf(r.line === 0 ? `pmu ${r.bus}` : `line ${r.line}`, r.main!.weight, r.susceptance);
        });
        const others = [...records.chords, ...records.probes].filter(({ row }) => row !== undefined);
        for (const e of others) strengthOf(name(e.kind, e.place), e.row!.weight, e.susceptance);
        const above = (i: number): number[] => (i < roots ? [] : [i, ...above(records.tree[i]!.parent)]);
        for (const e of others) {
          const [p, q] = [new Set(above(e.from)), new Set(above(e.to))];
          for (const i of [...p].filter((x) => !q.has(x)).concat([...q].filter((x) => !p.has(x)))) {
            const r = records.tree[i]!;
            const tree = both.get(r.line === 0 ? `pmu ${r.bus}` : `line ${r.line}`)!;
            expect(both.get(name(e.kind, e.place))! <= tree, `${e.place} against bus ${r.bus}`).to.equal(
              true,
            );
          }
        }
      });
    });

    it("comes back from its packed form", () => {
      check(({ built: { records } }) => {
        const chunks = packRecords(records);
        const back = unpackRecords(records.geometry, records.metersBySeat, chunks);
        // The integers of the chain know no negative zero.
        const plain = (edges: typeof records.chords) => edges.map((e) => ({ ...e, shift: e.shift + 0 }));
        expect(back).to.deep.equal({
          ...records,
          chords: plain(records.chords),
          probes: plain(records.probes),
        });
        expect(packRecords(back)).to.deep.equal(chunks);
      });
    });
  });

  describe("given flow meters that do not span and PMUs that do", () => {
    it("ties the buses that they reach as anchors", () => {
      const grid = gridOf([newLine(1, 0, 1), newLine(2, 1, 2), newLine(3, 2, 3)]);
      const { records } = build(grid, [
        newMeter("flowFrom", 1),
        newMeter("flowTo", 3),
        newMeter("pmu", 40, 1e-3),
      ]);
      expect(records.geometry).to.include({ roots: 1, anchors: 1, buses: 4, chords: 1, probes: 0 });
      expect(records.tree.map(({ bus }) => bus)).to.deep.equal([10, 40, 20, 30]);
      expect(records.tree[1]).to.include({ line: 0, parent: 0 });
    });

    it("puts a PMU beside the tree where a stronger line is", () => {
      const grid = gridOf([newLine(1, 0, 1, 1e6)]);
      const { records } = build(grid, [newMeter("flowFrom", 1, 1), newMeter("pmu", 20, 1e-3)]);
      expect(records.geometry).to.include({ anchors: 0, probes: 1 });
      expect(records.probes[0]).to.include({ kind: "pmu", place: 20, from: 1, to: 0 });
    });
  });

  describe("given a phase shifter", () => {
    const shift = 0.1;
    const units = Math.round(shift * 2 ** 34);

    it("takes it into the angles on a tree line, and leaves the difference on a chord", () => {
      const grid = gridOf([newLine(1, 0, 1, 1e4, shift), newLine(2, 0, 1, 1e3)]);
      const { records } = build(grid, [newMeter("flowFrom", 1), newMeter("flowFrom", 2)]);
      // Bus 20 is the child at the to end: γ = -φ, so that the parallel line has 0 - (0 - γ) = -φ.
      expect(records.tree[1]!.line).to.equal(1);
      expect(records.chords[0]!.shift).to.equal(-units);
      expect([...gaugeRad(records, (l) => grid.lines[l - 1]!.shiftRad)]).to.deep.equal([0, -units / 2 ** 34]);
    });

    it("keeps it on a chord that is one itself, the other way round for a meter at its to end", () => {
      const grid = gridOf([newLine(1, 0, 1, 1e4), newLine(2, 0, 1, 1e3, shift)]);
      const chord = (kind: MeterKind) =>
        build(grid, [newMeter("flowFrom", 1), newMeter(kind, 2)]).records.chords[0]!;
      expect(chord("flowFrom")).to.include({ from: 0, to: 1, shift: units });
      expect(chord("flowTo")).to.include({ from: 1, to: 0, shift: -units });
    });
  });

  describe("given a grid that no tree of meters spans", () => {
    const chain = gridOf([newLine(1, 0, 1), newLine(2, 1, 2), newLine(3, 2, 3), newLine(4, 0, 3)]);

    it("frees every bus but the reference, in an order of elimination, and makes all lines chords", () => {
      const meters = [
        newMeter("injection", 20),
        newMeter("injection", 30),
        newMeter("flowTo", 4),
        newMeter("flowFrom", 4),
      ];
      const { records } = build(chain, meters);
      expect(records.geometry).to.include({
        factored: true,
        roots: 1,
        anchors: 0,
        buses: 4,
        chords: 4,
        probes: 1,
      });
      expect(records.tree.map(({ bus }) => bus)).to.have.members([10, 20, 30, 40]);
      for (const record of records.tree) {
        expect(record).to.include({ line: 0, parent: 0, susceptance: 0, main: undefined });
      }
      expect(records.chords.map(({ place }) => place)).to.deep.equal([1, 2, 3, 4]);
      expect(records.probes[0]).to.include({ place: 4, kind: "flowTo" });
      expect(unpackRecords(records.geometry, records.metersBySeat, packRecords(records))).to.deep.equal(
        records,
      );
    });

    it("keeps PMUs as probes", () => {
      const meters = [
        newMeter("pmu", 30, 1e-3),
        newMeter("injection", 20),
        newMeter("injection", 30),
        newMeter("injection", 10),
      ];
      const { records } = build(chain, meters);
      expect(records.geometry).to.include({ factored: true, anchors: 0, probes: 1 });
      expect(records.probes[0]).to.include({ place: 30, kind: "pmu", to: 0, shift: 0 });
    });

    it("keeps phase shifts on the chords, since there is no tree to take them up", () => {
      const shifted = gridOf([newLine(1, 0, 1, 1e4, 0.1), newLine(2, 1, 2), newLine(3, 0, 2)]);
      const { records } = build(shifted, [newMeter("injection", 20), newMeter("injection", 30)]);
      expect(records.geometry.factored).to.equal(true);
      expect(records.chords.map(({ shift }) => shift)).to.deep.equal([Math.round(0.1 * 2 ** 34), 0, 0]);
    });
  });

  describe("given a grid that is not observable", () => {
    it("names the buses", () => {
      const grid = gridOf([newLine(1, 0, 1), newLine(2, 1, 2), newLine(3, 2, 3)]);
      const run = () =>
        build(grid, [newMeter("flowFrom", 1), newMeter("flowTo", 3), newMeter("injection", 10)]);
      expect(run)
        .to.throw(UnobservableError, /of these 2 buses: 30, 40$/)
        .with.deep.property("buses", [30, 40]);
      expect(() => build(grid, [newMeter("flowFrom", 1), newMeter("flowTo", 2)])).to.throw(
        UnobservableError,
        "the angle of bus 40",
      );
    });

    it("names ten at most", () => {
      const grid = gridOf(Array.from({ length: 12 }, (_, i) => newLine(i + 1, i, i + 1)));
      expect(() => build(grid, [newMeter("injection", 10)])).to.throw(UnobservableError, /, …$/);
    });
  });

  describe("given what the integers cannot hold", () => {
    const grid = gridOf([newLine(1, 0, 1)]);
    const both = [newMeter("flowFrom", 1), newMeter("injection", 20)];

    it("refuses sigmas that differ too much, and takes those that just do not", () => {
      // Weights go with 1/σ²: the largest below 2^32, the least at least 2^8, so 2^12 between sigmas is about the limit.
      expect(build(grid, spread(2800)).records.directory.map(({ weight }) => weight)).to.satisfy(
        ([a, b]: number[]) => a! < 2 ** 32 && a! >= 2 ** 31 && b! >= 2 ** 8,
      );
      refused(grid, spread(4097), /injection 20: its sigma differs too much/);
    });

    it("refuses a sigma below 2^-16 counts", () => {
      build(grid, [newMeter("flowFrom", 1, 2 ** -16 * 1.01)]);
      refused(grid, [newMeter("flowFrom", 1, 2 ** -16 * 0.99)], /too small/);
    });

    it("refuses a susceptance of 2^33 and more, and one that rounds to nothing", () => {
      expect(
        build(gridOf([newLine(1, 0, 1, 2 ** 33 - 2 ** -6)]), both).records.tree[1]!.susceptance,
      ).to.equal(2 ** 39 - 1);
      expect(
        build(gridOf([newLine(1, 0, 1, 2 ** -6 - 2 ** 33)]), both).records.tree[1]!.susceptance,
      ).to.equal(1 - 2 ** 39);
      refused(gridOf([newLine(1, 0, 1, 2 ** 33)]), both, /line 1: susceptance/);
      refused(gridOf([newLine(1, 0, 1, -(2 ** 33))]), both, /line 1: susceptance/);
      expect(build(gridOf([newLine(1, 0, 1, 2 ** -7 * 1.01)]), both).records.tree[1]!.susceptance).to.equal(
        1,
      );
      refused(gridOf([newLine(1, 0, 1, 2 ** -7 * 0.99)]), both, /line 1: susceptance/);
    });

    it("refuses a phase shift of 32 radians, when it is packed", () => {
      packRecords(build(two(31.9), both).records);
      expect(() => packRecords(build(two(32), both).records)).to.throw(VersionError, /phase shift of line 2/);
    });

    it("refuses numbers of 2^20 and more", () => {
      build(renumbered(2 ** 20 - 1, 2 ** 20 - 1), [newMeter("flowFrom", 2 ** 20 - 1)]);
      refused(renumbered(2 ** 20, 1), [newMeter("flowFrom", 1)], /bus number 1048576/);
      refused(renumbered(20, 2 ** 20), [newMeter("flowFrom", 2 ** 20)], /line number 1048576/);
    });

    it("refuses more than 32,767 buses or meters", () => {
      const largest = many(32_767);
      expect(build(largest, metered(largest)).records.geometry.buses).to.equal(32_767);
      refused(many(32_768), [], /32768 buses/);
      refused(
        grid,
        Array.from({ length: 32_768 }, () => newMeter("flowFrom", 1)),
        /32768 meters/,
      );
    });

    it("refuses two meters of one kind at a place, an injection that is measured and zero, and a PMU at a reference", () => {
      refused(grid, [...both, newMeter("flowFrom", 1)], /another flowFrom/);
      refused(grid, both, /another injection/, { zeroInjections: [20], zeroInjectionSigma: 1 });
      refused(grid, [...both, newMeter("pmu", 10, 1e-3)], /reference bus 10/);
    });

    it("refuses places that are not there and owners that are no members", () => {
      refused(grid, [...both, newMeter("flowTo", 7)], /line 7 is not in service/);
      refused(grid, [...both, newMeter("injection", 7)], /bus 7 is not in service/);
      refused(grid, both, /bus 7: the bus is not in service/, { zeroInjections: [7] });
      refused(grid, [{ ...both[0]!, owner: "B" }], /B is not a member/);
    });
  });

  it("chooses the power unit under which twice the largest load is in range", () => {
    expect([0, 2 ** 21, 2 ** 21 + 1, -(2 ** 22), 2 ** 22 + 1].map(unitFor)).to.deep.equal([1, 1, 2, 2, 4]);
  });

  it("gives each power meter the range of one radian across its lines, at most 22 bits", () => {
    const grid = gridOf([newLine(1, 0, 1, 1000), newLine(2, 1, 2, -50), newLine(3, 2, 3, 1e7)]);
    const meters = [1, 2, 3].map((n) => newMeter("flowFrom", n));
    const { records } = build(grid, [...meters, newMeter("injection", 20), newMeter("pmu", 20, 1e-3)]);
    expect(records.directory.map(({ rangeBits }) => rangeBits)).to.deep.equal([10, 6, 22, 11, 22]);
  });
});

/** Buses 10, 20, 30, … of which the first is the reference. */
function gridOf(lines: Line[]): Grid {
  const count = lines.reduce((most, { to }) => Math.max(most, to + 1), 0);
  const buses = Array.from({ length: count }, (_, i) => ({
    number: 10 * (i + 1),
    island: 0,
    reference: i === 0,
    loadKw: 0,
    generationKw: 0,
  }));
  return { name: "made up", buses, lines, islands: 1, isolated: [] };
}

function newLine(number: number, from: number, to: number, susceptanceKwPerRad = 1000, shiftRad = 0): Line {
  return { number, from, to, susceptanceKwPerRad, shiftRad };
}

function newMeter(kind: MeterKind, place: number, sigma = 10): Meter {
  return { id: `${kind} ${place}`, kind, place, sigma, owner: "A" };
}

function build(grid: Grid, meters: Meter[], plan: Partial<MeteringPlan> = {}) {
  const whole = { meters, zeroInjections: [], zeroInjectionSigma: 10, ...plan };
  return buildVersion(grid, whole, new Map([["A", 0]]));
}

/** Hθ - offset, what a meter without error reads, by row. */
function predictions(model: ReturnType<typeof versionModel>, theta: readonly number[]): number[] {
  return Array.from({ length: model.h.rows }, (_, row) => {
    let sum = -model.offset[row]!;
    for (let p = model.h.start[row]!; p < model.h.start[row + 1]!; p++) {
      sum += model.h.value[p]! * theta[model.h.column[p]!]!;
    }
    return sum;
  });
}

/** Whether a line counts in the row of a meter; for a virtual row and a PMU, any may. */
function touches(grid: Grid, { number, from, to }: Line, at: Meter | undefined): boolean {
  if (at === undefined || at.kind === "pmu") return true;
  if (at.kind !== "injection") return number === at.place;
  return [from, to].some((end) => grid.buses[end]!.number === at.place);
}

/** What an edge is called: the two meters of a line see one edge. */
function name(kind: MeterKind, place: number): string {
  return `${kind === "pmu" ? "pmu" : "line"} ${place}`;
}

function refused(grid: Grid, meters: Meter[], words: RegExp, plan: Partial<MeteringPlan> = {}): void {
  expect(() => build(grid, meters, plan)).to.throw(VersionError, words);
}

/** Two meters whose sigmas have a ratio. */
function spread(ratio: number): Meter[] {
  return [newMeter("flowFrom", 1, 100), newMeter("injection", 20, 100 * ratio)];
}

/** Two parallel lines, of which the weaker has a phase shift. */
function two(shiftRad: number): Grid {
  return gridOf([newLine(1, 0, 1, 1e4), newLine(2, 0, 1, 1e3, shiftRad)]);
}

/** One line, with numbers of its far bus and of itself. */
function renumbered(bus: number, number: number): Grid {
  const grid = gridOf([newLine(number, 0, 1)]);
  return { ...grid, buses: grid.buses.map((b, i) => (i === 1 ? { ...b, number: bus } : b)) };
}

/** A star. */
function many(buses: number): Grid {
  return gridOf(Array.from({ length: buses - 1 }, (_, i) => newLine(i + 1, 0, i + 1)));
}

function metered(grid: Grid): Meter[] {
  return grid.lines.map(({ number }) => newMeter("flowFrom", number));
}

/** The power unit, kW, for a load. */
function unitFor(loadKw: number): number {
  const grid = gridOf([newLine(1, 0, 1)]);
  const buses = grid.buses.map((b, i) => (i === 1 ? { ...b, loadKw } : b));
  const plan = { meters: metered(grid), zeroInjections: [], zeroInjectionSigma: 1 };
  return buildVersion({ ...grid, buses }, plan, new Map([["A", 0]])).records.geometry.powerUnitKw;
}

import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { builtinCase } from "../../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../../workers/grid/defaultPlan.js";
import { partition } from "../../../../workers/grid/partition.js";
import type { GridCase, Meter } from "../../../../workers/grid/types.js";
import { buildVersion } from "../../../../workers/grid/version/buildVersion.js";
import { compareVersion } from "../../../../workers/grid/version/compareVersion.js";
import { packRecords } from "../../../../workers/grid/version/packRecords.js";
import { unpackRecords } from "../../../../workers/grid/version/unpackRecords.js";
import type { VersionRecords } from "../../../../workers/grid/version/types.js";
import { arbitraryCase } from "../arbitraryCase.js";

const SEATS = new Map([
  ["North", 0],
  ["South", 2],
]);

interface Example {
  readonly records: VersionRecords;
  readonly labels: { readonly case: GridCase; readonly meters: readonly Meter[] };
}

/** A version with every kind of meter, zero injections and phase shifts, as it comes back from the chain. */
function example(gridCase: GridCase, bothEnds = true): Example {
  const grid = compileGrid(gridCase);
  const base = defaultPlan(grid, partition(grid, [...SEATS.keys()]), { bothEnds });
  const zero = grid.buses.filter(({ loadKw, generationKw }) => loadKw === 0 && generationKw === 0);
  const zeroInjections = zero.slice(0, 2).map(({ number }) => number);
  const pmus = grid.buses
    .filter(({ reference }) => !reference)
    .slice(0, 2)
    .map(({ number }, i): Meter => ({
      id: `P${number}`,
      kind: "pmu",
      place: number,
      // In counts of 2^-20 rad these are hundreds, as the powers are in kW: one PMU in the tree, one beside it.
      sigma: i === 0 ? 5e-5 : 2e-3,
      owner: "South",
    }));
  const meters = base.meters.filter(
    ({ kind, place }) => kind !== "injection" || !zeroInjections.includes(place),
  );
  const plan = { meters: [...meters, ...pmus], zeroInjections, zeroInjectionSigma: 100 };
  const built = buildVersion(grid, plan, SEATS);
  const { geometry, metersBySeat } = built.records;
  return {
    records: unpackRecords(geometry, metersBySeat, packRecords(built.records)),
    labels: { case: gridCase, meters: built.meters },
  };
}

/** IEEE 14 with a phase shifter on every fourth line. */
function shifted(): GridCase {
  const gridCase = builtinCase("ieee14");
  const lines = gridCase.lines.map((line, i) => (i % 4 === 0 ? { ...line, shiftDegrees: 3 + i / 7 } : line));
  return { ...gridCase, lines };
}

function differences({ records, labels }: Example, seats: ReadonlyMap<string, number> = SEATS): string[] {
  return compareVersion(records, labels, seats);
}

describe("compareVersion", () => {
  const ieee14 = example(shifted());

  it("finds records and labels of one version to agree", () => {
    expect(ieee14.records.chords).to.not.have.length(0);
    expect(ieee14.records.probes.map(({ kind }) => kind)).to.include.members(["pmu", "flowFrom", "flowTo"]);
    expect(ieee14.records.geometry.virtualRows).to.be.greaterThan(0);
    expect(differences(ieee14)).to.deep.equal([]);
    expect(differences(example(builtinCase("ieee118"), false))).to.deep.equal([]);
  });

  it("finds so for any grid, parallel lines, taps, shifts and islands included", function run() {
    this.timeout(60_000);
    fc.assert(
      fc.property(arbitraryCase(12, { islands: 2 }), (gridCase) => {
        const grid = compileGrid(gridCase);
        const plan = defaultPlan(grid, partition(grid, [...SEATS.keys()]), { bothEnds: true });
        let built;
        try {
          built = buildVersion(grid, plan, SEATS);
        } catch {
          // A random grid may ask for susceptances beyond the chain's integers.
          return;
        }
        const labels = { case: gridCase, meters: built.meters };
        expect(compareVersion(built.records, labels, SEATS)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it("finds every number of every record, if it is one off", () => {
    const { records, labels } = ieee14;
    let tried = 0;
    const expectFound = (changed: VersionRecords, what: string): void => {
      tried++;
      expect(compareVersion(changed, labels, SEATS), what).to.not.have.length(0);
    };
    for (const part of ["tree", "chords", "probes", "directory"] as const) {
      for (const [i, record] of records[part].entries()) {
        for (const changed of oneOff(record)) {
          const { key, value } = changed;
          // Where a line's zero-injection weight stands, any weight will do: labels give none.
          const virtual = key === "injection.weight" && isVirtual(records, i);
          if (virtual || isHarmless(records, part, i, key)) continue;
          const list = records[part].map((one, at) => (at === i ? value : one));
          expectFound({ ...records, [part]: list }, `${part} ${i} ${key}`);
        }
      }
    }
    expect(tried).to.be.greaterThan(300);
  });

  it("finds a bus, line or meter that is left out or added", () => {
    const { records, labels } = ieee14;
    for (const part of ["tree", "chords", "directory"] as const) {
      const list = records[part].slice(0, -1);
      expect(differences({ labels, records: { ...records, [part]: list } })).to.not.have.length(0);
    }
    const again = { ...records, chords: [...records.chords, records.chords[0]!] };
    expect(differences({ labels, records: again })).to.include(
      `line ${records.chords[0]!.place}: in the records twice`,
    );
  });

  it("finds a line that the labels switch off, scale or turn, by its number", () => {
    const { records, labels } = ieee14;
    for (const change of [
      { inService: false },
      { reactance: 0.3 },
      { shiftDegrees: 1 },
      { tap: 1.5 },
      { from: labels.case.lines[3]!.to, to: labels.case.lines[3]!.from },
    ]) {
      const lines = labels.case.lines.map((line, i) => (i === 3 ? { ...line, ...change } : line));
      const found = differences({ records, labels: { ...labels, case: { ...labels.case, lines } } });
      expect(found.some((one) => one.startsWith(`line ${labels.case.lines[3]!.number}:`))).to.equal(true);
    }
  });

  it("finds meters given to another owner, or to nobody", () => {
    const { records, labels } = ieee14;
    const meters = labels.meters.map((meter, i) => (i === 0 ? { ...meter, owner: "South" } : meter));
    expect(differences({ records, labels: { ...labels, meters } })[0]).to.match(
      /seat of its owner 2 .* 0 recorded/,
    );
    expect(differences(ieee14, new Map([["North", 0]]))[0]).to.include("South is no member");
  });

  it("finds a zero injection at a bus that has load", () => {
    const { records, labels } = ieee14;
    const at = records.tree.find(({ injection }) => injection?.meter === records.geometry.meters)!.bus;
    const buses = labels.case.buses.map((bus) => (bus.number === at ? { ...bus, loadMw: 5 } : bus));
    const found = differences({ records, labels: { ...labels, case: { ...labels.case, buses } } });
    expect(found.some((one) => one.startsWith(`bus ${at}: a zero injection`))).to.equal(true);
  });

  it("finds a coarser power unit", () => {
    const { records, labels } = ieee14;
    const geometry = { ...records.geometry, powerUnitKw: 1024 };
    expect(differences({ labels, records: { ...records, geometry } })[0]).to.include("power unit");
  });
});

/** All copies of a record in which one number, or one boolean, is another. */
function oneOff(record: object): { key: string; value: object }[] {
  return Object.entries(record).flatMap(
    ([key, value]: [string, unknown]): { key: string; value: object }[] => {
      if (typeof value === "number") return [{ key, value: { ...record, [key]: value + 1 } }];
      if (typeof value === "boolean") return [{ key, value: { ...record, [key]: !value } }];
      if (typeof value !== "object" || value === null) return [];
      return oneOff(value).map((inner) => ({
        key: `${key}.${inner.key}`,
        value: { ...record, [key]: inner.value },
      }));
    },
  );
}

function isVirtual(records: VersionRecords, i: number): boolean {
  return records.tree[i]?.injection?.meter === records.geometry.meters;
}

/** Numbers that nothing is computed from: the edge of a root, and the direction of an anchor's. */
function isHarmless(records: VersionRecords, part: string, i: number, key: string): boolean {
  if (part !== "tree" || records.tree[i]!.line !== 0) return false;
  if (i < records.geometry.roots)
    return ["parent", "susceptance", "childIsFrom", "mainAtParent"].includes(key);
  return key === "childIsFrom";
}

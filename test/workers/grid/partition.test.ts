import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { GridModelError } from "../../../workers/grid/errors.js";
import { partition, type Partition } from "../../../workers/grid/partition.js";
import type { Grid } from "../../../workers/grid/types.js";
import { arbitraryCase } from "./arbitraryCase.js";
import { itForEachCase } from "./realCases.js";

const operators = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `operator ${index + 1}`);

const sizes = ({ partOfBus, names }: Partition): number[] =>
  names.map((_, part) => partOfBus.filter((owner) => owner === part).length);

/** Pieces of one part within one island, by merging the ends of its own lines. */
function piecesPerIsland(grid: Grid, { partOfBus }: Partition): Map<string, number> {
  const group = Array.from(partOfBus, (_, index) => index);
  const find = (index: number): number => {
    let at = index;
    while (group[at] !== at) at = group[at]!;
    return at;
  };
  for (const { from, to } of grid.lines) if (partOfBus[from] === partOfBus[to]) group[find(from)] = find(to);
  const pieces = new Map<string, number>();
  for (const [index, { island }] of grid.buses.entries()) {
    const key = `part ${partOfBus[index]} in island ${island}`;
    pieces.set(key, (pieces.get(key) ?? 0) + (find(index) === index ? 1 : 0));
  }
  return pieces;
}

function expectSound(grid: Grid, made: Partition): void {
  expect(made.partOfBus).to.have.length(grid.buses.length);
  expect(Math.min(...sizes(made))).to.be.at.least(1);
  expect(sizes(made).reduce((sum, size) => sum + size, 0)).to.equal(grid.buses.length);
  for (const [part, pieces] of piecesPerIsland(grid, made)) expect(pieces, part).to.equal(1);
  const ties = grid.lines.filter(({ from, to }) => made.partOfBus[from] !== made.partOfBus[to]);
  expect(made.tieLines).to.deep.equal(ties.map(({ number }) => number));
  const spread = Math.max(...sizes(made)) - Math.min(...sizes(made));
  const allowed = Math.max(1, grid.buses.length / made.names.length / 4);
  expect(made.balanced).to.equal(spread <= allowed);
}

describe("partition", () => {
  itForEachCase("divides a real case into connected parts of like size", (grid) => {
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 12]) {
      const made = partition(grid, operators(count));
      expectSound(grid, made);
      // In case300 35 buses hang from bus 9001 in pieces of at most 18: the part that holds it takes them all or
      // leaves one of at most 18, and no twelfth of 300 buses can be within a quarter of either.
      const impossible = grid.name === "pglib_opf_case300_ieee" && count === 12;
      expect(made.balanced, `${count} parts: ${sizes(made).join(", ")}`).to.equal(!impossible);
      // A random division cuts nearly all lines; a good one few of them.
      if (grid.buses.length > 100) expect(made.tieLines.length).to.be.at.most(0.25 * grid.lines.length);
    }
  });

  it("cuts a ladder of two rails across, not along", () => {
    const rungs = 20;
    const buses = Array.from({ length: 2 * rungs }, (_, index) => ({
      number: index + 1,
      island: 0,
      reference: index === 0,
      loadKw: 0,
      generationKw: 0,
    }));
    const pairs = Array.from({ length: rungs }, (_, rung) => [
      [2 * rung, 2 * rung + 1],
      ...(rung + 1 < rungs
        ? [
            [2 * rung, 2 * rung + 2],
            [2 * rung + 1, 2 * rung + 3],
          ]
        : []),
    ]).flat();
    const lines = pairs.map(([from, to], index) => ({
      number: index + 1,
      from: from!,
      to: to!,
      susceptanceKwPerRad: 1,
      shiftRad: 0,
    }));
    const ladder: Grid = { name: "ladder", buses, lines, islands: 1, isolated: [] };
    expect(partition(ladder, operators(2)).tieLines).to.have.length(2);
    expect(partition(ladder, operators(4)).tieLines).to.have.length(6);
  });

  it("keeps parts connected, and says whether they are balanced, in any grid", () => {
    fc.assert(
      fc.property(arbitraryCase(12), fc.nat(), (random, choice) => {
        const grid = compileGrid(random);
        expectSound(grid, partition(grid, operators(1 + (choice % grid.buses.length))));
      }),
      { numRuns: 20 },
    );
  });

  it("gives a part at most one piece in each island, and names those in several", () => {
    fc.assert(
      fc.property(arbitraryCase(8, { islands: 3 }), fc.integer({ min: 1, max: 6 }), (random, count) => {
        const grid = compileGrid(random);
        const made = partition(grid, operators(count));
        expectSound(grid, made);
        const inSeveral = made.names.filter((_, part) => {
          const islands = grid.buses
            .filter((__, index) => made.partOfBus[index] === part)
            .map(({ island }) => island);
          return new Set(islands).size > 1;
        });
        expect(made.inSeveralIslands).to.deep.equal(inSeveral);
      }),
      { numRuns: 20 },
    );
  });

  it("says that a star has no balanced partition", () => {
    const grid = compileGrid({
      name: "star",
      source: "",
      licence: "",
      baseMva: 100,
      buses: Array.from({ length: 9 }, (_, index) => ({
        number: index + 1,
        reference: index === 0,
        loadMw: 0,
        shuntMw: 0,
        generationMw: 0,
        inService: true,
      })),
      lines: Array.from({ length: 8 }, (_, index) => ({
        number: index + 1,
        from: 1,
        to: index + 2,
        reactance: 0.1,
        tap: 1,
        shiftDegrees: 0,
        inService: true,
      })),
    });
    const made = partition(grid, operators(3));
    expectSound(grid, made);
    expect(made.balanced).to.equal(false);
    expect(sizes(made).sort((a, b) => a - b)).to.deep.equal([1, 1, 7]);
  });

  it("is the same every time", () => {
    const grid = compileGrid(builtinCase("ieee118"));
    expect(partition(grid, operators(5))).to.deep.equal(partition(grid, operators(5)));
  });

  it("gives each operator one bus where there are as many", () => {
    const grid = compileGrid(builtinCase("ieee14"));
    const made = partition(grid, operators(14));
    expect(sizes(made)).to.deep.equal(operators(14).map(() => 1));
    expect(made.tieLines).to.have.length(20);
  });

  it("refuses more operators than buses, none, and two of one name", () => {
    const grid = compileGrid(builtinCase("ieee14"));
    expect(() => partition(grid, operators(15))).to.throw(GridModelError, "found 15 for 14 buses");
    expect(() => partition(grid, [])).to.throw(GridModelError, "expected at least one operator");
    expect(() => partition(grid, ["A", "B", "A"])).to.throw(GridModelError, "found A, B, A");
  });
});

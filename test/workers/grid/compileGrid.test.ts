import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { GridModelError } from "../../../workers/grid/errors.js";
import type { CaseBus, CaseLine, GridCase } from "../../../workers/grid/types.js";
import { arbitraryCase } from "./arbitraryCase.js";
import { itForEachCase } from "./realCases.js";

const bus = (number: number, more: Partial<CaseBus> = {}): CaseBus => ({
  number,
  reference: false,
  loadMw: 0,
  shuntMw: 0,
  generationMw: 0,
  inService: true,
  ...more,
});
const line = (number: number, from: number, to: number, more: Partial<CaseLine> = {}): CaseLine => ({
  number,
  from,
  to,
  reactance: 0.1,
  tap: 1,
  shiftDegrees: 0,
  inService: true,
  ...more,
});
const gridCase = (buses: CaseBus[], lines: CaseLine[]): GridCase => ({
  name: "made up",
  source: "",
  licence: "",
  baseMva: 100,
  buses,
  lines,
});

describe("compileGrid", () => {
  it("turns MW, reactance, tap and degrees into kW, kW/rad and radians", () => {
    const grid = compileGrid(
      gridCase(
        [bus(5, { reference: true, generationMw: 3 }), bus(2, { loadMw: 1.5, shuntMw: 0.5 })],
        [line(1, 2, 5, { reactance: 0.2, tap: 0.5, shiftDegrees: -90 }), line(2, 5, 2, { reactance: -0.4 })],
      ),
    );
    expect(grid.buses).to.deep.equal([
      { number: 5, island: 0, reference: true, loadKw: 0, generationKw: 3000 },
      { number: 2, island: 0, reference: false, loadKw: 2000, generationKw: 0 },
    ]);
    expect(grid.lines).to.deep.equal([
      { number: 1, from: 1, to: 0, susceptanceKwPerRad: 1_000_000, shiftRad: -Math.PI / 2 },
      { number: 2, from: 0, to: 1, susceptanceKwPerRad: -250_000, shiftRad: 0 },
    ]);
  });

  it("leaves out what is out of service, and the buses that no line reaches then", () => {
    const grid = compileGrid(
      gridCase(
        [
          bus(1, { reference: true }),
          bus(2),
          bus(3, { inService: false }),
          bus(4),
          bus(5),
          bus(6, { reference: true }),
        ],
        [line(1, 1, 2), line(2, 2, 3), line(3, 3, 4), line(4, 2, 5, { inService: false })],
      ),
    );
    expect(grid.buses.map(({ number }) => number)).to.deep.equal([1, 2]);
    expect(grid.lines.map(({ number }) => number)).to.deep.equal([1]);
    expect(grid.isolated).to.deep.equal([3, 4, 5, 6]);
    expect(grid.islands).to.equal(1);
  });

  it("numbers islands by their first bus", () => {
    const grid = compileGrid(
      gridCase(
        [bus(1), bus(2, { reference: true }), bus(3), bus(4, { reference: true })],
        [line(1, 3, 2), line(2, 4, 1)],
      ),
    );
    expect(grid.buses.map(({ island }) => island)).to.deep.equal([0, 1, 1, 0]);
    expect(grid.islands).to.equal(2);
  });

  it("refuses an island without reference bus, naming its buses", () => {
    const made = gridCase(
      [bus(1, { reference: true }), bus(2), bus(3), bus(4)],
      [line(1, 1, 2), line(2, 3, 4)],
    );
    expect(() => compileGrid(made)).to.throw(GridModelError, "in the island of buses 3, 4, found none");
  });

  it("refuses an island with two reference buses, naming both", () => {
    const made = gridCase(
      [bus(1, { reference: true }), bus(2), bus(3, { reference: true })],
      [line(1, 1, 2), line(2, 2, 3)],
    );
    expect(() => compileGrid(made)).to.throw(
      GridModelError,
      "in the island of buses 1, 2, 3, found buses 1, 3",
    );
  });

  it("refuses a case in which nothing is connected", () => {
    expect(() => compileGrid(gridCase([bus(1, { reference: true })], []))).to.throw(
      GridModelError,
      "no line is in service",
    );
  });

  it("keeps order, ends and islands of random cases", () => {
    fc.assert(
      fc.property(arbitraryCase(10, { islands: 3 }), (random) => {
        const grid = compileGrid(random);
        expect(grid.islands).to.equal(3);
        expect(grid.buses.map(({ number }) => number)).to.deep.equal(
          random.buses.map(({ number }) => number),
        );
        for (const [index, { from, to }] of grid.lines.entries()) {
          expect(grid.buses[from]!.number).to.equal(random.lines[index]!.from);
          expect(grid.buses[to]!.number).to.equal(random.lines[index]!.to);
          expect(grid.buses[from]!.island).to.equal(grid.buses[to]!.island);
        }
      }),
    );
  });

  itForEachCase("takes a real case whole, as one island", (grid) => {
    expect(grid.islands).to.equal(1);
    expect(grid.isolated).to.deep.equal([]);
  });
});

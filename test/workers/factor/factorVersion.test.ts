import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { eigs, matrix } from "mathjs";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import { UnobservableError } from "../../../workers/grid/version/errors.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import type { Meter } from "../../../workers/grid/types.js";
import { FactorError } from "../../../workers/factor/errors.js";
import { factorVersion } from "../../../workers/factor/factorVersion.js";
import { FACTOR_ENTRY_BYTES, packColumns, packFactor } from "../../../workers/factor/packFactor.js";
import { integerSquareRoot } from "../../../workers/factor/integerSquareRoot.js";
import { factoredGrid } from "../../support/factoredGrid.js";
import { arbitraryCase } from "../grid/arbitraryCase.js";
import { denseFactor, denseGain } from "./factors.js";

/** Versions of small grids with injections at most buses, and flows on few lines: factored, where they are observable. */
const maybeFactored = fc
  .record({
    gridCase: arbitraryCase(8, { islands: 1 }),
    flows: fc.infiniteStream(fc.constantFrom(true, false, false)),
    injections: fc.infiniteStream(fc.constantFrom(true, true, true, false)),
    pmus: fc.infiniteStream(fc.constantFrom(true, false, false, false)),
  })
  .map(({ gridCase, flows, injections, pmus }) => {
    const grid = compileGrid(gridCase);
    const meters: Meter[] = [];
    const add = (kind: Meter["kind"], place: number, sigma: number): void => {
      meters.push({ id: `${kind} ${place}`, kind, place, sigma, owner: "A" });
    };
    for (const { number } of grid.lines) if (flows.next().value === true) add("flowFrom", number, 50);
    for (const { number, reference } of grid.buses) {
      if (injections.next().value === true) add("injection", number, 100);
      if (pmus.next().value === true && !reference) add("pmu", number, 1e-3);
    }
    const plan = { meters, zeroInjections: [], zeroInjectionSigma: 50 };
    try {
      return buildVersion(grid, plan, new Map([["A", 0]])).records;
    } catch (error) {
      if (error instanceof UnobservableError) return undefined;
      throw error;
    }
  });

const check = (property: (records: VersionRecords) => void, seed: number): void =>
  fc.assert(
    fc.property(maybeFactored, (records) => {
      fc.pre(records?.geometry.factored === true);
      property(records);
    }),
    { numRuns: 60, seed, endOnFailure: true, maxSkipsPerRun: 1000 },
  );

describe("factorVersion", function () {
  this.timeout(60_000);
  it("solves 2^scale·G = L Lᵀ + E + shift·I exactly, with an E that leaves more than half of the shift", () => {
    check((records) => {
      const { roots } = records.geometry;
      const gain = denseGain(records);
      const factor = factorVersion(records);
      const lower = denseFactor(factor, roots, gain.length);
      let squares = 0n;
      factor.columns.forEach((column, j) => {
        expect(column[0]!.row).to.equal(j + roots);
        for (const { row, error } of column) {
          const i = row - roots;
          let sum = i === j ? error + factor.shift : error / 2n;
          for (let k = 0; k <= j; k++) sum += lower[i]![k]! * lower[j]![k]!;
          expect(sum).to.equal(gain[i]![j]! << BigInt(factor.scaleDigits));
          squares += error * error;
        }
        // What is not disclosed is zero.
        const rows = new Set(column.map(({ row }) => row - roots));
        for (let i = j; i < gain.length; i++) {
          if (rows.has(i)) continue;
          let sum = 0n;
          for (let k = 0; k <= j; k++) sum += lower[i]![k]! * lower[j]![k]!;
          expect([sum, gain[i]![j]]).to.deep.equal([0n, 0n]);
        }
      });
      expect(4n * squares < factor.shift * factor.shift).to.equal(true);
    }, 4);
  });

  it("bounds the smallest eigenvalue from below, and comes near it", () => {
    check((records) => {
      const gain = denseGain(records);
      const size = Math.max(...gain.map((row, i) => Number(row[i]!)));
      const scaled = gain.map((row) => row.map((x) => Number(x) / size));
      const values = eigs(matrix(scaled), { eigenvectors: false }).values.valueOf() as number[];
      const least = Math.min(...values) * size;
      const bound = Number(factorVersion(records).eigenBound);
      expect(bound).to.be.below(least * (1 + 1e-9) + 1e-12 * size);
      if (least > 1e-10 * size) expect(bound).to.be.above(least / 10);
    }, 5);
  });

  it("gives the same factor every time", () => {
    const { records } = factoredGrid("case30_ieee", 0)!.built;
    expect(packFactor(factorVersion(records))).to.deep.equal(packFactor(factorVersion(records)));
  });

  it("keeps case2383wp_k with half of the flow meters gone below 1 MB, in parts of at most 100 kB", function () {
    const made = factoredGrid("case2383wp_k", 0.5);
    if (made === undefined) this.skip();
    const { parts } = packFactor(factorVersion(made.built.records));
    expect(parts.reduce((sum, part) => sum + part.length, 0)).to.be.below(500_000);
    for (const part of parts) {
      expect(part.length).to.be.at.most(100_000);
      expect(part.length % FACTOR_ENTRY_BYTES).to.equal(0);
      expect(part[0]! >> 7).to.equal(1);
    }
  });
});

describe("packColumns", () => {
  it("writes row, factor and error where the chain reads them", () => {
    const bytes = packColumns([
      [
        { row: 5, factor: -(2n ** 59n), error: 2n ** 59n - 1n },
        { row: 0x7fff, factor: 1n, error: -1n },
      ],
    ]);
    expect(Buffer.from(bytes).toString("hex")).to.equal(
      "80058000000000000007ffffffffffffff7fff000000000000001fffffffffffffff",
    );
  });

  it("refuses what does not fit", () => {
    const entry = { row: 1, factor: 2n ** 59n, error: 0n };
    expect(() => packColumns([[entry]])).to.throw(FactorError, /does not fit in 60 bits/);
  });
});

describe("integerSquareRoot", () => {
  it("is the largest whole number whose square is not above", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n }), (x) => {
        const root = integerSquareRoot(x);
        expect(root * root <= x && (root + 1n) * (root + 1n) > x).to.equal(true);
      }),
    );
  });
});

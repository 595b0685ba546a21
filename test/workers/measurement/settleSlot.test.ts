import { expect } from "chai";
import { describe, it } from "mocha";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import type { GridCase } from "../../../workers/grid/types.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { fittingAngles } from "../../../workers/measurement/fittingAngles.js";
import { unitOfCount } from "../../../workers/measurement/estimateSlot.js";
import { unpackAngles } from "../../../workers/measurement/packValues.js";
import { settleSlot } from "../../../workers/measurement/settleSlot.js";
import { versionEstimator } from "../../../workers/measurement/versionEstimator.js";

/** Lines in a row, each of 50 MW a radian: angles up to 32 rad fit into the ledger's integers. */
const LINES = 40;
const B = 50_000;

const chain: GridCase = {
  name: "chain",
  source: "",
  licence: "",
  baseMva: 100,
  buses: Array.from({ length: LINES + 1 }, (_, i) => ({
    number: i + 1,
    reference: i === 0,
    loadMw: 0,
    shuntMw: 0,
    generationMw: 0,
    inService: true,
  })),
  lines: Array.from({ length: LINES }, (_, i) => ({
    number: i + 1,
    from: i + 1,
    to: i + 2,
    reactance: 2,
    tap: 1,
    shiftDegrees: 0,
    inService: true,
  })),
};

const { records, meters } = buildVersion(
  compileGrid(chain),
  {
    meters: [
      ...chain.lines.map(({ number }) => ({
        id: `line ${number}`,
        kind: "flowFrom" as const,
        place: number,
        sigma: 10,
        owner: "A",
      })),
      ...[2, 3, 4].map((place) => ({
        id: `bus ${place}`,
        kind: "injection" as const,
        place,
        sigma: 10,
        owner: "A",
      })),
    ],
    zeroInjections: [],
    zeroInjectionSigma: 1,
  },
  new Map([["A", 0]]),
);

/** A slot in which every line carries what so many radians across it would; without the injection at bus 2 or with it. */
function settle(radians: number, whole: boolean, penaliseIncomplete = true) {
  const counts = Int32Array.from(meters, ({ id, kind }, i) => {
    if (kind === "injection") return id === "bus 2" && !whole ? MISSING_VALUE : 0;
    return Math.round((B * radians) / unitOfCount(records, i));
  });
  const missing = whole ? 0 : 1;
  const slot = { slot: 1, uploads: [], counts, missing, missingBySeat: [missing] };
  const rules = { normalQuantile: 2.33, penaliseIncomplete };
  return settleSlot(records, versionEstimator(records), slot, rules);
}

describe("settleSlot", () => {
  it("settles what is complete, and what is not where the rules have it", () => {
    expect(settle(0.1, true).kind).to.equal("settle");
    expect(settle(0.1, false).kind).to.equal("settleIncomplete");
    expect(settle(0.1, false, false).kind).to.equal("closeIncomplete");
  });

  it("closes an incomplete slot whose values no angles of the ledger's explain, and says so of a complete one", () => {
    expect(() => settle(1, true)).to.throw(RangeError, "does not fit in 40 bits");
    expect(settle(1, false).kind).to.equal("closeIncomplete");
  });
});

describe("fittingAngles", () => {
  it("packs angles below 32 rad, and no others", () => {
    const theta = new Float64Array(LINES).fill(-31.9);
    const packed = unpackAngles(fittingAngles(records, theta)!);
    expect(Math.abs(packed.at(-1)! / 2 ** records.geometry.angleDigits + 31.9)).to.be.below(1e-9);
    expect(fittingAngles(records, theta.fill(32.1, 3, 4))).to.equal(undefined);
  });
});

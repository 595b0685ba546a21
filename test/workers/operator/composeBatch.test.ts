import { expect } from "chai";
import { describe, it } from "mocha";
import { composeBatch, composeSupplement } from "../../../workers/operator/composeBatch.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import type { StoredMeasurement } from "../../../workers/store/measurements.js";

const meters = [
  { id: "a", kind: "injection", seat: 0, rangeCounts: 1024 },
  { id: "b", kind: "flowTo", seat: 0, rangeCounts: 1024 },
  { id: "c", kind: "pmu", seat: 0, rangeCounts: 1024 },
] as const;

function readings(
  counts: Record<string, number | undefined>,
  powerUnitKw = 1,
): Map<string, StoredMeasurement> {
  return new Map(
    Object.entries(counts).map(([meter, value]) => [
      meter,
      {
        slot: 0,
        meter,
        counts: value,
        powerUnitKw,
        quality: value === undefined ? "bad" : "good",
        path: "f",
        line: 1,
      },
    ]),
  );
}

describe("composeBatch", () => {
  it("puts readings in the order of the batch and marks what is missing", () => {
    const batch = composeBatch(meters, readings({ c: 3, a: -1, b: undefined, other: 9 }), 1);
    expect([...batch]).to.deep.equal([-1, MISSING_VALUE, 3]);
  });

  it("leaves out what the version's range does not hold", () => {
    expect([...composeBatch(meters, readings({ a: -1024, b: 1024, c: -1025 }), 1)]).to.deep.equal([
      -1024,
      MISSING_VALUE,
      MISSING_VALUE,
    ]);
  });

  it("converts readings that were taken under another power unit, but no angles", () => {
    expect([...composeBatch(meters, readings({ a: 15, b: 1, c: 7 }, 100), 10)]).to.deep.equal([150, 10, 7]);
  });

  it("supplements what was missing and is there now, and nothing else", () => {
    const sent = Int32Array.of(1, MISSING_VALUE, MISSING_VALUE, 4);
    expect(composeSupplement(sent, Int32Array.of(2, 5, MISSING_VALUE, MISSING_VALUE))).to.deep.equal([
      { position: 1, value: 5 },
    ]);
  });
});

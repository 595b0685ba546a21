import { expect } from "chai";
import { describe, it } from "mocha";
import { builtinCase } from "../../../workers/grid/builtinCase.js";
import { compileGrid } from "../../../workers/grid/compileGrid.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { partition } from "../../../workers/grid/partition.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { certificate } from "../../../workers/measurement/certificate.js";
import { packBatch, packSupplement, unpackAngles } from "../../../workers/measurement/packValues.js";
import { largestResidual } from "../../../workers/measurement/estimateSlot.js";
import { settleSlot, type Settlement } from "../../../workers/measurement/settleSlot.js";
import { slotExport, slotExportCsv } from "../../../workers/measurement/slotExport.js";
import {
  mergeUploads,
  settlementValues,
  type SlotUploads,
} from "../../../workers/measurement/slotUploads.js";
import { versionEstimator } from "../../../workers/measurement/versionEstimator.js";

const QUANTILE = 2.326347874;

/** IEEE 14 with phase shifters on tree lines and chords alike: without the gauge, no angle would come out right. */
function shiftedExample() {
  const shipped = builtinCase("ieee14");
  const lines = shipped.lines.map((line, i) => ({ ...line, shiftDegrees: i % 3 === 0 ? 2 + i / 5 : 0 }));
  const gridCase = { ...shipped, lines };
  const grid = compileGrid(gridCase);
  const plan = defaultPlan(grid, partition(grid, ["North", "South"]));
  const flow = powerFlow(grid);
  const seats = new Map([
    ["North", 0],
    ["South", 1],
  ]);
  const { records, meters } = buildVersion(grid, plan, seats);
  const exact = trueMeasurements(grid, plan, flow);
  const valueOf = new Map(plan.meters.map(({ id }, i) => [id, exact[i]!]));
  const values = meters.map(({ id }) => valueOf.get(id)!);
  const counts = Int32Array.from(values, (kw) => Math.round(kw / records.geometry.powerUnitKw));
  return { grid, flow, records, values, counts, labels: { case: gridCase, meters } };
}

const example = shiftedExample();

/** A slot with these counts, uploaded by both operators. */
function slotOf(counts: Int32Array): SlotUploads {
  const split = example.records.metersBySeat[0]!;
  const uploads = [counts.subarray(0, split), counts.subarray(split)].map((batch, seat) => ({
    seat,
    batch: packBatch(batch),
    supplement: undefined,
  }));
  return { slot: 1, uploads, ...mergeUploads(uploads, example.records) };
}

function settle(counts: Int32Array): Settlement {
  return settleSlot(example.records, versionEstimator(example.records), slotOf(counts), {
    normalQuantile: QUANTILE,
    penaliseIncomplete: false,
  });
}

function estimateOf({ result }: Settlement) {
  if (!result.observable) throw new Error("not observable");
  return result.estimate;
}

function near(got: number, wanted: number, tolerance: number): void {
  expect(Math.abs(got - wanted), `${got} against ${wanted}`).to.be.at.most(tolerance);
}

describe("settleSlot and slotExport", () => {
  const { grid, flow, records, values, counts, labels } = example;

  it("give angles that the ledger's own arithmetic accepts", () => {
    const settlement = settle(counts);
    if (settlement.kind !== "settle") throw new Error(settlement.kind);
    const proof = certificate(records, counts, unpackAngles(settlement.angles));
    const scale = 2 ** (80 + records.geometry.weightDigits);
    const { objective, threshold } = estimateOf(settlement);
    near(Number(proof.objective) / scale, objective, 1e-6 * Math.max(objective, 1e-6));
    expect(Number(proof.overStatement) / scale).to.be.lessThan(1e-6 * threshold);
  });

  it("give the power flow's own angles and flows back, across phase shifters", () => {
    const exported = slotExport(records, labels, estimateOf(settle(counts)));
    for (const [i, { angleRad }] of exported.buses.entries()) near(angleRad, flow.angleRad[i]!, 1e-5);
    for (const [i, { flowKw }] of exported.lines.entries()) near(flowKw, flow.flowKw[i]!, 2);
    expect(exported.buses.map(({ bus }) => bus)).to.deep.equal(grid.buses.map(({ number }) => number));
    for (const [i, meter] of exported.meters.entries()) {
      near(meter.estimated!, values[i]!, 2);
      near(meter.measured! - meter.estimated!, meter.residual!, 1e-9);
    }
  });

  it("close a slot with a gap as incomplete, and fill it", () => {
    const gap = counts.slice();
    gap[4] = MISSING_VALUE;
    const settlement = settle(gap);
    expect(settlement.kind).to.equal("closeIncomplete");
    const { meters } = slotExport(records, labels, estimateOf(settlement));
    expect(meters.filter(({ filled }) => filled).map(({ meter }) => meter)).to.deep.equal([
      labels.meters[4]!.id,
    ]);
    near(meters[4]!.estimated!, values[4]!, 2);
  });

  it("point at the meter that is off", () => {
    const off = counts.slice();
    off[9] = off[9]! + 50_000;
    const { objective, threshold, normalised } = estimateOf(settle(off));
    expect(objective).to.be.greaterThan(threshold);
    expect(largestResidual(normalised)?.meter).to.equal(9);
  });

  it("name the buses that too many gaps leave open", () => {
    const { result, kind } = settle(new Int32Array(counts.length).fill(MISSING_VALUE));
    expect(kind).to.equal("closeIncomplete");
    expect(!result.observable && result.unobservableBuses).to.have.members(
      grid.buses.filter(({ reference }) => !reference).map(({ number }) => number),
    );
  });

  it("take a value just inside its range, and miss one just beyond", () => {
    const limit = 2 ** records.directory[3]!.rangeBits;
    for (const [value, missing] of [
      [limit - 1, 0],
      [-limit, 0],
      [limit, 1],
      [-limit - 1, 1],
    ] as const) {
      const edge = counts.slice();
      edge[3] = value;
      const slot = slotOf(edge);
      expect(slot.missing, String(value)).to.equal(missing);
      expect(slot.missingBySeat).to.deep.equal([missing, 0]);
    }
  });

  it("let the first value count: a supplement fills gaps and changes nothing else", () => {
    const split = records.metersBySeat[0]!;
    const batch = counts.slice(0, split);
    batch[2] = MISSING_VALUE;
    const supplement = packSupplement([
      { position: 1, value: 77 },
      { position: 2, value: 88 },
    ]);
    const uploads = [{ seat: 0, batch: packBatch(batch), supplement }];
    const merged = mergeUploads(uploads, records);
    expect([...merged.counts.subarray(0, 4)]).to.deep.equal([counts[0], counts[1], 88, counts[3]]);
    expect(merged.missingBySeat).to.deep.equal([0, records.metersBySeat[1]]);
    const { supplements } = settlementValues(uploads);
    expect([...supplements.subarray(0, 3)]).to.deep.equal([0, 0, 10]);
  });

  it("write names with commas and quotes so that CSV readers read them", () => {
    const named = labels.meters.map((meter, i) => (i === 0 ? { ...meter, id: 'a "b", c' } : meter));
    const text = slotExportCsv(slotExport(records, { ...labels, meters: named }, estimateOf(settle(counts))));
    expect(text.split("\n")[1]).to.match(/^meter,"a ""b"", c",/);
  });
});

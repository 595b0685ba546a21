import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { Suspects__factory } from "../../../typechain-types/index.js";
import { defaultPlan } from "../../../workers/grid/defaultPlan.js";
import { partition } from "../../../workers/grid/partition.js";
import { powerFlow } from "../../../workers/grid/powerFlow.js";
import { seededRandom } from "../../../workers/grid/seededRandom.js";
import { trueMeasurements } from "../../../workers/grid/trueMeasurements.js";
import { buildVersion } from "../../../workers/grid/version/buildVersion.js";
import { nameSuspect } from "../../../workers/measurement/nameSuspect.js";
import { unitOfCount } from "../../../workers/measurement/estimateSlot.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { settleSlot } from "../../../workers/measurement/settleSlot.js";
import { packSlotAngles, slotAngles } from "../../../workers/measurement/slotAngles.js";
import { angleUnits, rowValues, versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import type { VersionRecords } from "../../../workers/grid/version/types.js";
import { factoredGrid, type FactoredGrid } from "../../support/factoredGrid.js";
import { deploySharing, testClock } from "../../support/sharedGrid.js";
import { governLedger } from "./governLedger.js";
import { bringIntoForce, expectRefused, onLedger, type Sharing } from "./ledgerFixture.js";

const MISSING = -(2 ** 23);

/** What the meters read in a slot, counts: the power flow with noise of each meter's sigma. */
function readings({ grid, built }: Pick<FactoredGrid, "grid" | "built">, seed: number): number[] {
  const { records, meters } = built;
  const exact = trueMeasurements(
    grid,
    { meters, zeroInjections: [], zeroInjectionSigma: 1 },
    powerFlow(grid),
  );
  const random = seededRandom(seed);
  return meters.map(({ sigma }, i) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round((exact[i]! + sigma * normal) / unitOfCount(records, i));
  });
}

/** J by the estimator, in double precision: another way than the chain's. */
function referenceObjective(records: VersionRecords, values: readonly number[]): number {
  return versionEstimator(records).estimate(rowValues(records, values)).objective;
}

function honestAngles(records: VersionRecords, values: readonly number[]) {
  const estimator = versionEstimator(records);
  const { theta } = estimator.estimate(rowValues(records, values));
  return slotAngles(records, estimator, values, theta);
}

async function settledAs(sharing: Sharing, slot: number) {
  const { ledger } = sharing.contracts;
  const [event] = await ledger.queryFilter(ledger.filters.SlotSettled(slot));
  const { objectiveQ32, thresholdQ32, overStatementQ64 } = event!.args;
  return {
    objective: Number(objectiveQ32) / 2 ** 32,
    threshold: Number(thresholdQ32) / 2 ** 32,
    overStatement: Number(overStatementQ64) / 2 ** 64,
  };
}

/** Equal to a millionth. */
function expectClose(got: number, want: number): void {
  expect(Math.abs(got / want - 1), `${got}, not ${want}`).to.be.below(1e-6);
}

describe("slots under a factored version", function () {
  this.timeout(300_000);
  const made = factoredGrid("case118_ieee", 0.5);
  let sharing: Sharing;
  let f: ReturnType<typeof onLedger>;
  let restore: () => Promise<void>;
  let slot: number;
  const records = made?.built.records as VersionRecords;
  const settle = async (values: readonly number[], angles = honestAngles(records, values)) =>
    await sharing.contracts.ledger.settle(slot, packBatch(values), "0x", packSlotAngles(angles));

  before(async function () {
    if (made === undefined) this.skip();
    sharing = await deploySharing();
    await bringIntoForce(sharing, records, [0, 1, 2, 3]);
    f = onLedger(sharing, records);
    const snapshot = await sharing.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => {
    await restore();
    slot = await f.nextSlot();
  });

  it("settles slots together where J of angles with the version's own digits is at most τ; refuses an alarm by its slot", async () => {
    const estimator = versionEstimator(records);
    const slotOf = (seed: number, sigmas = 0) => {
      const values = readings(made!, seed);
      const meter = made!.built.meters.findIndex(({ kind }) => kind === "injection");
      values[meter]! += sigmas * Math.round(made!.built.meters[meter]!.sigma);
      return { values, angles: angleUnits(records, estimator.estimate(rowValues(records, values)).theta) };
    };
    const slots = [slotOf(11), slotOf(12), slotOf(13)];
    for (const [i, { values }] of slots.entries()) await f.uploadAll(slot + i, values);
    const alarm = slotOf(14, 40);
    await f.uploadAll(slot + 3, alarm.values);
    await f.passCutOff(slot + 3);
    const { ledger } = sharing.contracts;
    const send = async (all: typeof slots) =>
      await ledger.settleMany(
        slot,
        all.length,
        Buffer.concat(all.map(({ values }) => packBatch(values))),
        "0x",
        Buffer.concat(all.map(({ angles }) => packAngles(angles))),
      );
    await expectRefused(sharing, async () => await send([...slots, alarm]), "SlotLedgerAlarm", {
      slot: slot + 3,
    });
    await send(slots);
    for (const [i, { values }] of slots.entries()) {
      const [event] = await ledger.queryFilter(ledger.filters.QuietSlotSettled(slot + i));
      expectClose(Number(event!.args.objectiveQ32) / 2 ** 32, referenceObjective(records, values));
    }
    expect(await f.nextSlot()).to.equal(slot + 3);
  });

  it("settles at the reference's J, with an η of next to nothing", async () => {
    const values = readings(made!, 1);
    await f.uploadAll(slot, values);
    await f.passCutOff(slot);
    await settle(values);
    const { objective, threshold, overStatement } = await settledAs(sharing, slot);
    const reference = referenceObjective(records, values);
    expectClose(objective, reference);
    expect(objective).to.be.below(threshold);
    expect(overStatement).to.be.below(1e-9 * threshold);
  });

  it("charges an alarm to the operator of the falsified meter, which can be named on the chain", async () => {
    const values = readings(made!, 2);
    const meter = made!.built.meters.findIndex(({ kind }) => kind === "injection");
    values[meter]! += 40 * Math.round(made!.built.meters[meter]!.sigma);
    await f.uploadAll(slot, values);
    await f.passCutOff(slot);
    const was = await f.credits();
    await settle(values);
    const { objective, threshold } = await settledAs(sharing, slot);
    expectClose(objective, referenceObjective(records, values));
    expect(objective).to.be.above(threshold);
    const moved = (await f.credits()).map((now, seat) => now - was[seat]!);
    const seat = [0, 1, 2, 3].find(
      (s) => meter < records.metersBySeat.slice(0, s + 1).reduce((sum, count) => sum + count, 0),
    )!;
    expect(moved.reduce((sum, change) => sum + change, 0n)).to.equal(0n);
    expect(moved[seat]! < 0n && moved.every((change, s) => s === seat || change > moved[seat]!)).to.equal(
      true,
    );

    const claim = nameSuspect(records, versionEstimator(records), values);
    expect(claim.meter).to.equal(meter);
    const { ledger } = sharing.contracts;
    const suspects = Suspects__factory.connect(await ledger.suspects(), sharing.members[0]);
    await suspects.name(slot, claim.meter, packBatch(values), "0x", claim.angles);
    const stands = await suspects.caseOf(slot);
    expect([stands.meter, stands.seat]).to.deep.equal([BigInt(meter), BigInt(seat)]);
    expectClose(Number(stands.dropQ32) / 2 ** 32, claim.drop);
  });

  it("is closed incomplete when a value is missing", async () => {
    const values = readings(made!, 3).map((value, i) => (i === 5 ? MISSING : value));
    await f.uploadAll(slot, values);
    await f.passCutOff(slot);
    const angles = packSlotAngles(honestAngles(records, readings(made!, 3)));
    const { ledger } = sharing.contracts;
    const call = () => ledger.settle(slot, packBatch(values), "0x", angles);
    await expectRefused(sharing, call, "SlotLedgerValueMissing", { slot });
    await ledger.closeIncomplete(slot, packBatch(values), "0x");
    expect(await f.nextSlot()).to.equal(slot + 1);
  });

  it("has no tree to settle an incomplete slot by, where that is asked for: it is closed after its grace", async () => {
    const { change } = await governLedger(sharing);
    const penalised = slot + 1;
    await change(penalised, { penaliseIncomplete: true, expirySlots: 4 });
    const values = readings(made!, 3).map((value, i) => (i === 5 ? MISSING : value));
    await f.uploadAll(penalised, values);
    await f.passCutOff(penalised);
    const { ledger } = sharing.contracts;
    await ledger.closeIncomplete(slot, "0x", "0x");
    const counts = Int32Array.from(values);
    const estimator = versionEstimator(records);
    const uploads = { slot: penalised, uploads: [], counts, missing: 1, missingBySeat: [1, 0, 0, 0] };
    const rules = { normalQuantile: 2.33, penaliseIncomplete: true };
    expect(settleSlot(records, estimator, uploads, rules).kind).to.equal("closeIncomplete");
    const { theta } = estimator.estimate(rowValues(records, readings(made!, 3)));
    const angles = packAngles(angleUnits(records, theta));
    const send = (tree: Uint8Array) => () =>
      ledger.settleIncomplete(penalised, packBatch(values), "0x", angles, tree);
    const { tree, chords, probes } = records;
    const states = tree.length - records.geometry.roots;
    await expectRefused(sharing, send(new Uint8Array()), "GeneralCertificateTreeLength");
    // Neither the records of buses, which have no edge, nor those of lines make one.
    const edges = tree.length + chords.length + probes.length;
    const ascending = (from: number) =>
      Uint8Array.from({ length: 3 * states }, (_, i) => {
        const record = Math.min(from + Math.floor(i / 3), edges - 1);
        return (record >> (8 * (2 - (i % 3)))) & 0xff;
      });
    for (const from of [0, records.geometry.roots, tree.length]) {
      await expectRefused(sharing, send(ascending(from)), "GeneralCertificateBadTree");
    }
    const close = () => ledger.closeIncomplete(penalised, packBatch(values), "0x");
    await expectRefused(sharing, close, "SlotLedgerCertificateDue", { slot: penalised });
    await sharing.time.increaseTo(f.cutOffOf(penalised) + 4 * testClock.slotSeconds);
    await close();
    expect(await f.nextSlot()).to.equal(penalised + 1);
  });

  it("refuses what is not least squares, not in place, or for the other kind of version", async () => {
    const values = readings(made!, 4);
    await f.uploadAll(slot, values);
    await f.passCutOff(slot);
    const honest = honestAngles(records, values);
    const { ledger } = sharing.contracts;
    const refused = async (units: readonly bigint[], name: string, args = {}) =>
      await expectRefused(sharing, () => settle(values, { ...honest, units }), name, args);
    const changed = (at: number, by: bigint) => honest.units.map((u, i) => (i === at ? u + by : u));
    // A microradian at one bus.
    await refused(changed(60, BigInt(Math.round(1e-6 * honest.unitsPerRad))), "SlotLedgerOverStated", {
      slot,
    });
    await refused(changed(60, 2n ** 62n), "SlotLedgerOverStated", { slot });
    await refused(changed(0, 1n), "SlotLedgerReferenceAngle", { record: 0 });
    await refused(honest.units.slice(1), "SlotLedgerAnglesLength", { got: 8 * 117, want: 8 * 118 });
    const coarse = packAngles(
      angleUnits(
        records,
        Float64Array.from({ length: 117 }, () => 0),
      ),
    );
    const call = () => ledger.settle(slot, packBatch(values), "0x", coarse);
    await expectRefused(sharing, call, "SlotLedgerAnglesLength", { got: 5 * 118, want: 8 * 118 });
    await settle(values);
  });

  it("works beside versions with a tree: before, and after", async () => {
    const names = ["Operator 1", "Operator 2", "Operator 3", "Operator 4"];
    const seats = new Map(names.map((name, seat) => [name, seat]));
    const { grid } = made!;
    const spanned = buildVersion(grid, defaultPlan(grid, partition(grid, names)), seats);
    expect(spanned.records.geometry.factored).to.equal(false);
    await bringIntoForce(sharing, spanned.records, [0, 1, 2, 3]);
    const { ledger } = sharing.contracts;
    const values = readings({ grid, built: made!.built }, 5);
    // Slots that started before keep the factored version.
    for (;;) {
      slot = await f.nextSlot();
      if ((await ledger.versionOf(slot)) !== 1n) break;
      await f.passCutOff(slot);
      await ledger.closeIncomplete(slot, "0x", "0x");
    }
    const later = onLedger(sharing, spanned.records);
    const all = readings({ grid, built: spanned }, 6);
    await later.uploadAll(slot, all);
    await later.passCutOff(slot);
    const fine = packSlotAngles(honestAngles(records, values));
    const call = () => ledger.settle(slot, packBatch(all), "0x", fine);
    await expectRefused(sharing, call, "SlotLedgerAnglesLength", { got: 8 * 118, want: 5 * 118 });
    await later.settle(slot, all);
    expectClose((await settledAs(sharing, slot)).objective, referenceObjective(spanned.records, all));

    await bringIntoForce(sharing, records, [0, 1, 2, 3]);
    for (;;) {
      slot = await f.nextSlot();
      if ((await ledger.versionOf(slot)) !== 2n) break;
      await f.passCutOff(slot);
      await ledger.closeIncomplete(slot, "0x", "0x");
    }
    await f.uploadAll(slot, values);
    await f.passCutOff(slot);
    await settle(values);
    expectClose((await settledAs(sharing, slot)).objective, referenceObjective(records, values));
  });

  it("settles a grid with injection meters only, which has one row more than states", async function () {
    const small = factoredGrid("case30_ieee", 0);
    if (small === undefined) this.skip();
    const own = await deploySharing();
    const { records: smallRecords } = small.built;
    expect(smallRecords.geometry.meters - smallRecords.geometry.buses + smallRecords.geometry.roots).to.equal(
      1,
    );
    await bringIntoForce(own, smallRecords, [0, 1, 2, 3]);
    const g = onLedger(own, smallRecords);
    for (const seed of [1, 2, 3]) {
      const at = await g.nextSlot();
      const values = readings(small, seed);
      await g.uploadAll(at, values);
      await g.passCutOff(at);
      const angles = packSlotAngles(honestAngles(smallRecords, values));
      await own.contracts.ledger.settle(at, packBatch(values), "0x", angles);
      const { objective, threshold, overStatement } = await settledAs(own, at);
      expectClose(objective, referenceObjective(smallRecords, values));
      expect(overStatement).to.be.below(1e-9 * threshold);
    }
  });

  it("settles case2383wp_k with half of the flow meters gone in one transaction", async function () {
    const large = factoredGrid("case2383wp_k", 0.5);
    if (large === undefined) this.skip();
    const own = await deploySharing();
    const { records: largeRecords } = large.built;
    await bringIntoForce(own, largeRecords, [0, 1, 2, 3]);
    const g = onLedger(own, largeRecords);
    const at = await g.nextSlot();
    const values = readings(large, 1);
    await g.uploadAll(at, values);
    await g.passCutOff(at);
    const angles = packSlotAngles(honestAngles(largeRecords, values));
    const sent = await own.contracts.ledger.settle(at, packBatch(values), "0x", angles);
    const receipt = await sent.wait();
    const { objective, threshold, overStatement } = await settledAs(own, at);
    const reference = referenceObjective(largeRecords, values);
    expectClose(objective, reference);
    expect(overStatement).to.be.below(1e-9 * threshold);
    expect(receipt!.gasUsed < 16_777_216n).to.equal(true);
  });
});

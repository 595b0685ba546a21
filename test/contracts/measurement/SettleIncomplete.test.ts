import { expect } from "chai";
import { describe, it } from "mocha";
import { wilsonHilferty } from "../../../workers/estimation/wilsonHilferty.js";
import { MISSING_VALUE } from "../../../workers/grid/version/constants.js";
import { estimateSlot } from "../../../workers/measurement/estimateSlot.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { reportedTree } from "../../../workers/measurement/reportedTree.js";
import { angleUnits, versionEstimator } from "../../../workers/measurement/versionEstimator.js";
import { testClock, testTerms } from "../../support/sharedGrid.js";
import { governLedger } from "./governLedger.js";
import { expectRefused, ledgerFixture } from "./ledgerFixture.js";
import { packEntries } from "./generalReference.js";
import { readings, tinyVersion } from "./tinyVersion.js";

const records = tinyVersion();
const Q = Number(testTerms.normalQuantileQ32) / 2 ** 32;

/** A ledger that penalises incomplete slots, with the slot to settle next, in which some meters are silent. */
async function fixture(silent: readonly number[], falsified?: readonly [meter: number, error: number]) {
  const f = await ledgerFixture(records);
  const { change } = await governLedger(f);
  const first = await f.nextSlot();
  const slot = first + 1;
  await change(slot, { penaliseIncomplete: true });
  const values = readings(records);
  await f.uploadAll(first, values);
  if (falsified !== undefined) values[falsified[0]]! += falsified[1];
  for (const meter of silent) values[meter] = MISSING_VALUE;
  await f.uploadAll(slot, values);
  await f.passCutOff(slot);
  await f.settle(first, readings(records));
  const counts = Int32Array.from(values);
  const result = estimateSlot(records, versionEstimator(records), counts, Q);
  if (!result.observable) throw new Error("not observable");
  const { estimate } = result;
  const angles = packAngles(angleUnits(records, estimate.theta));
  const tree = reportedTree(records, counts) ?? new Uint8Array();
  const brought = packBatch(values);
  return {
    ...f,
    slot,
    values,
    estimate,
    angles,
    tree,
    brought,
    graceEnd: f.cutOffOf(slot) + testClock.expirySlots * testClock.slotSeconds,
    settleIncomplete: async (over: { angles?: Uint8Array; tree?: Uint8Array } = {}) =>
      await f.contracts.ledger.settleIncomplete(
        slot,
        brought,
        "0x",
        over.angles ?? angles,
        over.tree ?? tree,
      ),
    close: async () => await f.contracts.ledger.closeIncomplete(slot, brought, "0x"),
  };
}

describe("SlotLedger.settleIncomplete", () => {
  it("charges an anomaly among the reported values, and no more than without the missing one", async () => {
    const f = await fixture([0], [1, 4_000]);
    const before = await f.credits();
    const receipt = (await (await f.settleIncomplete()).wait())!;
    const event = f.contracts.ledger.interface.parseLog(receipt.logs[0]!)!;
    expect(event.name).to.equal("IncompleteSlotSettled");
    expect(event.args.getValue("missing")).to.equal(1n);
    const { meters, virtualRows, roots, buses } = records.geometry;
    const freedom = meters + virtualRows - 1 - (buses - roots);
    const threshold = Number(event.args.getValue("thresholdQ32")) / 2 ** 32;
    expect(Math.abs(threshold - wilsonHilferty(freedom, Q))).to.be.below(1e-6);
    const objective = Number(event.args.getValue("objectiveQ32")) / 2 ** 32;
    expect(Math.abs(objective / f.estimate.objective - 1)).to.be.below(1e-6);
    expect(objective).to.be.above(threshold);
    // The seat of the false value pays for it, on top of what the missing one costs.
    const after = await f.credits();
    expect(after.reduce((sum, one) => sum + one, 0n)).to.equal(before.reduce((sum, one) => sum + one, 0n));
    const moved = after.map((one, seat) => one - before[seat]!);
    const shares = [0, 0, 0, 0];
    const seats = records.metersBySeat.flatMap((count, seat) => Array.from({ length: count }, () => seat));
    records.directory.forEach(({ weight }, meter) => {
      if (f.values[meter] === MISSING_VALUE) return;
      const unit = records.directory[meter]!.kind === 3 ? 2 ** -20 : records.geometry.powerUnitKw;
      const r = f.estimate.residual[meter]! / unit;
      shares[seats[meter]!]! += weight * r * r;
    });
    const total = shares.reduce((sum, one) => sum + one, 0);
    const own = [0, 1, 2, 3].map((seat) => seats.filter((one) => one === seat).length);
    const reported = own.map((count, seat) => count - (seat === 0 ? 1 : 0));
    const all = reported.reduce((sum, one) => sum + one, 0);
    const x = own.map((count, seat) => 10_000 * reported[seat]! - 90_000 * (count - reported[seat]!));
    const sum = x.reduce((a, b) => a + b, 0);
    x.forEach((one, seat) => {
      const charge = 20_000 * (shares[seat]! / total - reported[seat]! / all);
      const want = (4 * one - sum) / 3 - charge;
      expect(Math.abs(Number(moved[seat]) - want), `seat ${seat}`).to.be.below(3);
    });
  });

  it("charges nothing where J is at most τ", async () => {
    const f = await fixture([0]);
    const before = await f.credits();
    await f.settleIncomplete();
    const settled = (await f.credits()).map((one, seat) => one - before[seat]!);
    // As closed without a certificate.
    const other = await fixture([0]);
    const start = await other.credits();
    await other.time.increaseTo(other.graceEnd);
    await other.close();
    expect(settled).to.deep.equal((await other.credits()).map((one, seat) => one - start[seat]!));
  });

  it("cannot be dodged by closing first, and stops nothing once the grace is over", async () => {
    const f = await fixture([0], [1, 4_000]);
    await expectRefused(f, f.close, "SlotLedgerCertificateDue", { slot: f.slot, graceEnd: f.graceEnd });
    await f.at(f.graceEnd - 1);
    await expectRefused(f, f.close, "SlotLedgerCertificateDue");
    await f.at(f.graceEnd);
    await f.close();
    await expectRefused(f, f.settleIncomplete, "SlotLedgerOutOfOrder");
  });

  it("refuses what is no certificate: wrong angles, forged trees, other lengths", async () => {
    // Line 1 is metered at both ends: without the meter that the version's tree has there, another edge ties its bus.
    const silent = records.tree.findIndex(({ line }) => line === 1);
    const f = await fixture([records.tree[silent]!.main!.meter], [2, 4_000]);
    const off = forged((bytes) => (bytes[8]! ^= 0x40), f.angles);
    await expectRefused(f, () => f.settleIncomplete({ angles: off }), "SlotLedgerOverStated", {
      slot: f.slot,
    });
    const short = f.angles.slice(5);
    await expectRefused(f, () => f.settleIncomplete({ angles: short }), "SlotLedgerAnglesLength");
    const reference = forged((bytes) => (bytes[4] = 1), f.angles);
    await expectRefused(f, () => f.settleIncomplete({ angles: reference }), "SlotLedgerReferenceAngle");
    const tree = (entries: number[]) => () => f.settleIncomplete({ tree: packEntries(entries) });
    const entries = Array.from({ length: f.tree.length / 3 }, (_, i) =>
      f.tree.slice(3 * i, 3 * i + 3).reduce((all, byte) => all * 256 + byte, 0),
    );
    await expectRefused(f, tree(entries.slice(1)), "GeneralCertificateTreeLength");
    await expectRefused(f, tree([entries[0]!, ...entries.slice(0, -1)]), "GeneralCertificateBadTree", {
      treeFlaw: "Bus",
    });
    // The tree of the complete slot, one of whose edges has lost its meter.
    const whole = records.tree
      .map((_, i) => i)
      .slice(records.geometry.roots)
      .reverse();
    await expectRefused(f, tree(whole), "GeneralCertificateBadTree", {
      record: silent,
      treeFlaw: "Unmetered",
    });
    await f.settleIncomplete();
  });

  it("is for incomplete slots of rules that have it alone", async () => {
    const f = await fixture([]);
    await expectRefused(f, f.settleIncomplete, "SlotLedgerComplete", { slot: f.slot });
    const plain = await ledgerFixture(records);
    const slot = await plain.nextSlot();
    const values = readings(records);
    values[0] = MISSING_VALUE;
    await plain.uploadAll(slot, values);
    await plain.passCutOff(slot);
    await expectRefused(
      plain,
      () => plain.contracts.ledger.settleIncomplete(slot, packBatch(values), "0x", "0x", "0x"),
      "SlotLedgerNotPenalised",
      { slot },
    );
  });
});

/** A copy of bytes with something changed. */
function forged(change: (bytes: Uint8Array) => void, of: Uint8Array): Uint8Array {
  const copy = of.slice();
  change(copy);
  return copy;
}

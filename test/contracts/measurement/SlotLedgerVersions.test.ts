import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { revertReason } from "../../../workers/chain/revertReason.js";
import { deploySharing } from "../../support/sharedGrid.js";
import { bringIntoForce, expectRefused, ledgerFixture, onLedger, proveOnly } from "./ledgerFixture.js";
import { readings, tinyPlan, tinyVersion } from "./tinyVersion.js";

/** Operator B gives its meter at the to end of line 1 away, so that its batch is shorter. */
const smaller = { ...tinyPlan, meters: tinyPlan.meters.filter(({ kind }) => kind !== "flowTo") };

describe("SlotLedger while the grid changes", () => {
  const [first, second] = [tinyVersion(), tinyVersion(smaller)];
  const values = readings(first);
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let slot: number;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(first);
    const version = await proveOnly(f, second);
    const { registry } = f.as(0);
    const { contentHash } = await registry.summary(version);
    for (const seat of [0, 1, 2]) await f.as(seat).registry.approve(version, contentHash);
    await f.time.increase(61);
    slot = Number(await f.contracts.ledger.slotAt(await f.time.latest())) + 1;
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  /** Closes the slots before `slot`, for which nobody uploaded. */
  const closeEarlier = async () => {
    await f.passCutOff(slot - 1);
    for (let next = await f.nextSlot(); next < slot; next++) {
      await f.contracts.ledger.closeIncomplete(next, "0x", "0x");
    }
  };

  it("lets a slot keep the version that it began with, and settles it under that; the next one has the new one", async () => {
    await f.uploadAll(slot, values, [0]);
    await f.time.increase(5);
    await f.as(0).registry.activate(2);
    expect(await f.contracts.ledger.versionOf(slot)).to.equal(1n);
    expect(await f.contracts.ledger.versionOf(slot + 1)).to.equal(2n);

    const short = f.batchOf(values, 1).subarray(3);
    await expectRefused(f, () => f.as(1).ledger.upload(slot, short), "SlotLedgerBatchLength", {
      got: 6,
      want: 9,
    });
    await f.uploadAll(slot, values, [1, 2]);
    const later = onLedger(f, second);
    const fewer = readings(second);
    await later.uploadAll(slot + 1, fewer);

    await closeEarlier();
    await f.passCutOff(slot);
    await f.settle(slot, values);
    await later.passCutOff(slot + 1);
    const wrong = () =>
      f.contracts.ledger.settle(slot + 1, packBatch(values), "0x", packAngles(f.estimate(values)));
    await expectRefused(f, wrong, "SlotLedgerValuesMismatch", { seat: 1 });
    await later.settle(slot + 1, fewer);
    expect(await f.nextSlot()).to.equal(slot + 2);
  });

  it("can close a slot that begins in the second of an activation, whatever was uploaded before it in that second", async () => {
    await f.at(f.startOf(slot));
    await f.as(1).ledger.upload(slot, f.batchOf(values, 1));
    await f.at(f.startOf(slot));
    await f.as(0).registry.activate(2);
    expect(await f.time.latest()).to.equal(f.startOf(slot));
    await closeEarlier();
    await f.passCutOff(slot);
    // What was taken as a batch is one: the slot has the version that its uploads were checked against.
    await f.contracts.ledger.closeIncomplete(slot, f.batchOf(values, 1), "0x");
    expect(await f.nextSlot()).to.equal(slot + 1);
  });
});

describe("SlotLedger under a version whose list of seats has another length than the consortium's", () => {
  const records = tinyVersion();
  for (const [what, length] of [
    ["ends with the last owner, before seats that own nothing", 3],
    ["goes on with empty seats that there are not", 5],
    ["goes on to seat 95", 96],
    ["goes on beyond any seat", 300],
  ] as const) {
    it(`is not stopped by one that ${what}: it is refused, or slots are closed under it`, async () => {
      const sharing = await deploySharing(4);
      const metersBySeat = Array.from({ length }, (_, seat) => records.metersBySeat[seat] ?? 0);
      try {
        await bringIntoForce(sharing, { ...records, metersBySeat }, [0, 1, 2]);
      } catch (error) {
        const reason = revertReason(error);
        if (reason === undefined) throw error;
        expect(reason.name).to.match(/^GridRegistry/);
        expect(length).to.be.above(4);
        return;
      }
      const ledger = onLedger(sharing, records);
      const slot = await ledger.nextSlot();
      const values = readings(records);
      await ledger.uploadAll(slot, values);
      await ledger.passCutOff(slot);
      await ledger.settle(slot, values);
      expect(await ledger.nextSlot()).to.equal(slot + 1);
    });
  }
});

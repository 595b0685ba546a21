import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { carry } from "../../support/carry.js";
import { testDeposit } from "../../support/sharedGrid.js";
import { bringIntoForce, ledgerFixture, onLedger, refusal } from "../measurement/ledgerFixture.js";
import { readings, tinyPlan, tinyVersion } from "../measurement/tinyVersion.js";
import { onConsortium } from "./ledgerCalls.js";

/** The grid without the meters of C, who has seat 2; bus 4 is seen by A then. */
const without = {
  ...tinyPlan,
  meters: tinyPlan.meters.map((meter) => (meter.owner === "C" ? { ...meter, owner: "A" } : meter)),
};

describe("Consortium and the slots that are open", () => {
  const [first, second] = [tinyVersion(), tinyVersion(without)];
  const values = readings(first);
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(first);
    // Slots run.
    await f.time.increaseTo(f.startOf((await f.nextSlot()) + 1));
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const closeUntil = async (slot: number) => {
    await f.passCutOff(slot);
    for (let next = await f.nextSlot(); next <= slot; next++) {
      await f.contracts.ledger.closeIncomplete(next, "0x", "0x");
    }
  };

  it("lets nobody leave who owns meters, until a version without them is in force and all slots under others are settled", async () => {
    const { consortium } = f.as(2);
    await consortium.announceLeave();
    const asked = Number(await f.contracts.ledger.slotAt(await f.time.latest()));
    const unsettled = await refusal(consortium.completeLeave());
    expect([unsettled.name, unsettled.arguments.announcedIn]).to.deep.equal([
      "ConsortiumSlotsUnsettled",
      String(asked),
    ]);
    await closeUntil(asked);
    const owns = await refusal(consortium.completeLeave());
    expect([owns.name, owns.arguments.seat]).to.deep.equal(["ConsortiumOwnsMeters", "2"]);

    await bringIntoForce(f, second, [0, 2]);
    // In force for later slots, and one that is not settled has the old one.
    const last = Number(await f.contracts.ledger.slotAt(await f.time.latest()));
    expect(await f.contracts.ledger.versionOf(last)).to.equal(1n);
    expect((await refusal(consortium.completeLeave())).name).to.equal("ConsortiumOwnsMeters");
    await closeUntil(last);
    const { credits } = await f.contracts.consortium.memberAt(2);
    await consortium.completeLeave();
    expect(await f.contracts.consortium.totalCredits()).to.equal(4n * testDeposit - credits);

    // The others go on.
    const slot = await f.nextSlot();
    const later = onLedger(f, second);
    await later.uploadAll(slot, readings(second));
    await later.passCutOff(slot);
    await later.settle(slot, readings(second));
    expect((await f.credits()).reduce((a, b) => a + b)).to.equal(await f.contracts.consortium.totalCredits());
  });

  it("lets one without meters leave once the slots are settled that began before it said so", async () => {
    const { consortium } = f.as(3);
    await consortium.announceLeave();
    const asked = Number(await f.contracts.ledger.slotAt(await f.time.latest()));
    await closeUntil(asked - 1);
    expect((await refusal(consortium.completeLeave())).name).to.equal("ConsortiumSlotsUnsettled");
    await closeUntil(asked);
    await consortium.completeLeave();
    expect((await f.contracts.consortium.memberAt(3)).active).to.equal(false);
  });

  it("has the meters of an expelled operator leave without its approval", async () => {
    const voters = [f.members[0]!, f.members[1]!, f.members[3]!];
    await carry(f.governance, f.time, voters, [onConsortium(f, "expelByVote", [f.members[2]!.address])]);
    await bringIntoForce(f, second, [0]);
    expect(await f.contracts.registry.activeVersion()).to.equal(2n);
    expect(await f.contracts.registry.ownsMetersSince(2, 2)).to.equal(false);
    expect(await f.contracts.registry.ownsMetersSince(2, 1)).to.equal(true);
    await closeUntil(Number(await f.contracts.ledger.slotAt(await f.time.latest())));
    const slot = await f.nextSlot();
    const later = onLedger(f, second);
    await later.uploadAll(slot, readings(second));
    await later.passCutOff(slot);
    await later.settle(slot, readings(second));
    expect((await f.credits()).reduce((a, b) => a + b)).to.equal(4n * testDeposit);
  });

  it("lets the account that replaces another upload for its seat, and see the slot settled", async () => {
    await carry(f.governance, f.time, f.members.slice(1, 4), [
      onConsortium(f, "replaceAccount", [0, f.stranger.address]),
    ]);
    await closeUntil(Number(await f.contracts.ledger.slotAt(await f.time.latest())));
    const slot = await f.nextSlot();
    await f.uploadAll(slot, values, [1, 2]);
    const lost = await refusal(f.as(0).ledger.upload(slot, f.batchOf(values, 0)));
    expect(lost.name).to.equal("SlotLedgerNotOwner");
    await f.contracts.ledger.upload(slot, f.batchOf(values, 0));
    await f.passCutOff(slot);
    await f.settle(slot, values);
  });
});

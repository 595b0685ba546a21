import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { SlotLedger__factory } from "../../../typechain-types/index.js";
import { packAngles, packBatch } from "../../../workers/measurement/packValues.js";
import { carried, carry } from "../../support/carry.js";
import { deploySharing, testClock, testDeposit, testTerms } from "../../support/sharedGrid.js";
import { bringIntoForce, ledgerFixture, refusal } from "../measurement/ledgerFixture.js";
import { readings, tinyPlan, tinyVersion } from "../measurement/tinyVersion.js";
import { onConsortium } from "./ledgerCalls.js";

const smaller = { ...tinyPlan, meters: tinyPlan.meters.filter(({ kind }) => kind !== "flowTo") };

describe("Consortium with another slot ledger", () => {
  const version = tinyVersion();
  const values = readings(version);
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(version);
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const slotNow = async () => Number(await f.contracts.ledger.slotAt(await f.time.latest()));
  /** A ledger with other terms that starts with a slot of the present one. */
  const deployed = async (slot: number, shift = 0) =>
    await new SlotLedger__factory(f.stranger).deploy(
      f.contracts.consortium,
      f.contracts.registry,
      { genesis: f.startOf(slot) + shift, ...testClock },
      { ...testTerms, reward: 20_000n },
    );
  const voters = () => f.members.slice(0, 3);
  const replaced = async (slot: number) => {
    const next = await deployed(slot);
    await carry(f.governance, f.time, voters(), [
      onConsortium(f, "replaceLedger", [await next.getAddress()]),
    ]);
    return next;
  };
  const refusedBy = async (ledger: string) => {
    const made = await carried(f.governance, f.time, voters(), [onConsortium(f, "replaceLedger", [ledger])]);
    return await refusal(f.governance.execute(made.id, made.calls));
  };
  const closeUntil = async (slot: number) => {
    await f.passCutOff(slot);
    for (let next = await f.nextSlot(); next <= slot; next++) {
      await f.contracts.ledger.closeIncomplete(next, "0x", "0x");
    }
  };

  it("settles every slot once, the old ones by the old ledger and the new ones by the new, without a gap", async () => {
    const { consortium } = f.contracts;
    const slot = (await slotNow()) + 20;
    const next = await replaced(slot);
    expect(await consortium.nextLedger()).to.equal(await next.getAddress());
    await f.uploadAll(slot - 1, values);

    // Slot 0 of the new one is `slot`: the old one does not take it.
    await f.time.increaseTo(f.startOf(slot));
    const early = await refusal(f.as(0).ledger.upload(slot, f.batchOf(values, 0)));
    expect([early.name, early.arguments.slot]).to.deep.equal(["SlotLedgerRetired", String(slot)]);
    for (const seat of [0, 1, 2]) await next.connect(f.members[seat]).upload(0, f.batchOf(values, seat));

    await closeUntil(slot - 2);
    await f.time.increaseTo(f.cutOffOf(slot));
    const settleNew = async () =>
      await next.settle(0, packBatch(values), "0x", packAngles(f.estimate(values)));
    expect((await refusal(settleNew())).name).to.equal("AccessControlUnauthorizedAccount");
    const running = await refusal(consortium.switchLedger());
    expect([running.name, running.arguments.nextSlot]).to.deep.equal([
      "ConsortiumLedgerRuns",
      String(slot - 1),
    ]);

    const were = await f.credits();
    await f.settle(slot - 1, values);
    const after = await f.credits();
    await consortium.switchLedger();
    expect(await consortium.ledger()).to.equal(await next.getAddress());
    await settleNew();
    const later = await f.credits();
    // The new one pays twice as much for the same values.
    expect(later.map((credits, seat) => credits - after[seat]!)).to.deep.equal(
      after.map((credits, seat) => 2n * (credits - were[seat]!)),
    );
    expect(later.reduce((a, b) => a + b)).to.equal(4n * testDeposit);
    expect((await refusal(f.settle(slot, values))).name).to.equal("SlotLedgerRetired");
    expect((await refusal(consortium.switchLedger())).name).to.equal("ConsortiumNoNextLedger");
    const role = await consortium.LEDGER_ROLE();
    expect([
      await consortium.hasRole(role, f.addresses.ledger),
      await consortium.hasRole(role, next),
    ]).to.deep.equal([false, true]);
  });

  it("tells both of a version, a new account and an expulsion that come between vote and switch", async () => {
    const slot = (await slotNow()) + 40;
    const next = await replaced(slot);
    await bringIntoForce(f, tinyVersion(smaller), [0, 1, 2]);
    const shorter = f.batchOf(values, 1).subarray(3);
    await carry(f.governance, f.time, voters(), [
      onConsortium(f, "replaceAccount", [1, f.stranger.address]),
      onConsortium(f, "expelByVote", [f.members[2]!.address]),
    ]);
    await closeUntil((await slotNow()) - 1);
    const open = await slotNow();
    expect(open).to.be.below(slot);
    expect(await f.contracts.ledger.versionOf(open)).to.equal(2n);
    await f.contracts.ledger.upload(open, shorter);
    expect((await refusal(f.as(2).ledger.upload(open, f.batchOf(values, 2)))).name).to.equal(
      "SlotLedgerNotOwner",
    );
    await f.time.increaseTo(f.startOf(slot));
    expect(await next.versionOf(0)).to.equal(2n);
    await next.upload(0, shorter);
    for (const seat of [1, 2]) {
      const lost = await refusal(next.connect(f.members[seat]).upload(0, shorter));
      expect(lost.name, String(seat)).to.equal("SlotLedgerNotOwner");
    }
  });

  it("is refused for a ledger that starts elsewhere than with a slot to come", async () => {
    const slot = (await slotNow()) + 20;
    for (const shift of [1, testClock.slotSeconds - 1]) {
      const reason = await refusedBy(await (await deployed(slot, shift)).getAddress());
      expect([reason.name, reason.arguments.start]).to.deep.equal([
        "ConsortiumLedgerStart",
        String(f.startOf(slot) + shift),
      ]);
    }
    const past = await refusedBy(await (await deployed(slot - 18)).getAddress());
    expect(past.name).to.equal("ConsortiumLedgerStart");
  });

  it("is refused for an account, the present ledger, and those of another consortium or registry", async () => {
    expect((await refusedBy(f.stranger.address)).name).to.equal("ConsortiumLedgerNotContract");
    expect((await refusedBy(f.addresses.ledger)).name).to.equal("ConsortiumLedgerForeign");
    const other = await f.ethers.deployContract("GridRegistry", [f.addresses.consortium, 60]);
    const foreign = await f.ethers.deployContract("SlotLedger", [
      f.addresses.consortium,
      await other.getAddress(),
      { genesis: f.startOf((await slotNow()) + 30), ...testClock },
      testTerms,
    ]);
    expect((await refusedBy(await foreign.getAddress())).name).to.equal("ConsortiumLedgerForeign");
  });

  it("is refused while another change is under way, as is leaving", async () => {
    const slot = (await slotNow()) + 60;
    const next = await replaced(slot);
    const again = await refusedBy(await (await deployed(slot)).getAddress());
    expect([again.name, again.arguments.next]).to.deep.equal([
      "ConsortiumLedgerChanging",
      await next.getAddress(),
    ]);
    await f.as(3).consortium.announceLeave();
    expect((await refusal(f.as(3).consortium.completeLeave())).name).to.equal("ConsortiumLedgerChanging");
  });

  it("takes retirement and introduction from the consortium alone", async () => {
    const { ledger, registry } = f.as(0);
    expect((await refusal(ledger.retire(1_000))).name).to.equal("SlotLedgerNotConsortium");
    expect((await refusal(registry.introduce(f.addresses.ledger))).name).to.equal(
      "GridRegistryNotConsortium",
    );
  });

  it("retires the ledger from a slot that has not begun, once", async () => {
    const run = async (slot: number) => {
      const made = await carried(f.governance, f.time, voters(), [onConsortium(f, "retireLedger", [slot])]);
      return f.governance.execute(made.id, made.calls);
    };
    expect((await refusal(run(await slotNow()))).name).to.equal("SlotLedgerSlotBegun");
    expect((await refusal(run(2 ** 39))).name).to.equal("SlotLedgerSlotBegun");
    const slot = (await slotNow()) + 30;
    await run(slot);
    expect(await f.contracts.ledger.versionOf(slot)).to.equal(2n ** 24n - 1n);
    expect(await f.contracts.ledger.versionOf(slot - 1)).to.equal(1n);
    expect((await refusal(run(slot + 1))).name).to.equal("SlotLedgerRetired");
  });

  it("lets a consortium without any version change its ledger, too", async () => {
    const fresh = await deploySharing();
    const start = fresh.genesis + 40 * testClock.slotSeconds;
    const next = await new SlotLedger__factory(fresh.stranger).deploy(
      fresh.addresses.consortium,
      fresh.addresses.registry,
      { genesis: start, ...testClock },
      testTerms,
    );
    const address = await next.getAddress();
    await carry(fresh.governance, fresh.time, fresh.members.slice(0, 3), [
      onConsortium(fresh, "replaceLedger", [address]),
    ]);
    await fresh.contracts.consortium.switchLedger();
    await bringIntoForce({ ...fresh, contracts: { ...fresh.contracts, ledger: next } }, version, [0, 1, 2]);
    expect(await next.versionOf((await next.nextSlot()) + 1n)).to.equal(1n);
  });
});

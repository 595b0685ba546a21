import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { SlotLedger__factory } from "../../../typechain-types/index.js";
import { bringIntoForce, expectRefused, ledgerFixture } from "./ledgerFixture.js";
import { readings, tinyPlan, tinyVersion } from "./tinyVersion.js";

const smaller = { ...tinyPlan, meters: tinyPlan.meters.filter(({ kind }) => kind !== "flowTo") };

describe("SlotLedger when accounts lose or change their seats", () => {
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

  const expel = async (seat: number) => {
    const { consortium } = f.as(seat);
    await consortium.transfer(f.members[0]!, await consortium.creditsOf(f.members[seat]!));
    await f.contracts.consortium.expel(f.members[seat]!);
  };
  /** The ledger, as the consortium calls it. */
  const told = async () => {
    const { networkHelpers } = f.connection;
    await networkHelpers.impersonateAccount(f.addresses.consortium);
    await networkHelpers.setBalance(f.addresses.consortium, 10n ** 18n);
    return SlotLedger__factory.connect(f.addresses.ledger, await f.ethers.getSigner(f.addresses.consortium));
  };

  it("lets an expelled account upload no more, and the others as before", async () => {
    await expel(2);
    const slot = await f.nextSlot();
    await f.uploadAll(slot, values, [0, 1]);
    await expectRefused(f, () => f.as(2).ledger.upload(slot, f.batchOf(values, 2)), "SlotLedgerNotOwner", {
      slot,
      account: f.members[2]!.address,
    });
  });

  it("lets a new account of a seat upload what the old one could, once in a slot between the two", async () => {
    const ledger = await told();
    const slot = await f.nextSlot();
    const batch = f.batchOf(values, 1);
    await f.uploadAll(slot, values, [1]);
    await ledger.onAccountReplaced(1, f.members[1]!, f.stranger);
    await expectRefused(f, () => f.contracts.ledger.upload(slot, batch), "SlotLedgerAlreadyUploaded", {
      seat: 1,
    });
    await f.time.increaseTo(f.startOf(slot + 1));
    await expectRefused(f, () => f.as(1).ledger.upload(slot + 1, batch), "SlotLedgerNotOwner");
    await f.contracts.ledger.upload(slot + 1, batch);
    expect(await f.contracts.ledger.uploadsOf(slot + 1, 1)).to.deep.equal([true, false]);
  });

  it("does so under every version of a slot that is not settled", async () => {
    await bringIntoForce(f, tinyVersion(smaller), [0, 1, 2]);
    const [old, slot] = [
      await f.nextSlot(),
      Number(await f.contracts.ledger.slotAt(await f.time.latest())) + 1,
    ];
    const { ledger } = f.contracts;
    expect(await ledger.versionOf(old)).to.equal(1n);
    expect(await ledger.versionOf(slot)).to.equal(2n);
    const open = slot - 1;
    expect(await ledger.versionOf(open)).to.equal(1n);
    await (await told()).onAccountReplaced(1, f.members[1]!, f.stranger);
    const batch = f.batchOf(values, 1);
    await expectRefused(f, () => f.as(1).ledger.upload(open, batch), "SlotLedgerNotOwner");
    await ledger.upload(open, batch);
    await f.time.increaseTo(f.startOf(slot));
    await expectRefused(f, () => f.as(1).ledger.upload(slot, batch.subarray(3)), "SlotLedgerNotOwner");
    await ledger.upload(slot, batch.subarray(3));
  });

  it("takes it from the consortium alone", async () => {
    const [one, other] = [f.members[1]!.address, f.stranger.address];
    const { ledger } = f.as(0);
    const caller = f.members[0]!.address;
    const named = { caller };
    await expectRefused(f, () => ledger.onMemberRemoved(1, one), "SlotLedgerNotConsortium", named);
    await expectRefused(f, () => ledger.onAccountReplaced(1, one, other), "SlotLedgerNotConsortium", named);
  });
});

import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import {
  ConsortiumSuccessor__factory,
  Governance__factory,
  GridRegistrySuccessor__factory,
  SlotLedger__factory,
} from "../../../typechain-types/index.js";
import { verifyMigration } from "../../../workers/chain/verifyMigration.js";
import { connectContracts } from "../../../workers/chain/connectContracts.js";
import { carried, carry } from "../../support/carry.js";
import { testClock, testDeposit, testTerms } from "../../support/sharedGrid.js";
import { testVoting } from "../../support/testVoting.js";
import { bringIntoForce, ledgerFixture, onLedger, proveOnly, refusal } from "../measurement/ledgerFixture.js";
import { readings, tinyVersion } from "../measurement/tinyVersion.js";
import { onConsortium } from "./ledgerCalls.js";

describe("Consortium, registry and ledger that others take over from", () => {
  const version = tinyVersion();
  const values = readings(version);
  let f: Awaited<ReturnType<typeof ledgerFixture>>;
  let restore: () => Promise<void>;
  before(async () => {
    f = await ledgerFixture(version, 5);
    // A past that has to come along: unequal credits, an empty seat, a new account.
    await f.as(0).consortium.transfer(f.members[1]!, 12_345n);
    await f.as(4).consortium.transfer(f.members[0]!, testDeposit);
    await f.contracts.consortium.expel(f.members[4]!);
    await carry(f.governance, f.time, f.members.slice(0, 3), [
      onConsortium(f, "replaceAccount", [3, f.stranger.address]),
    ]);
    const snapshot = await f.connection.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const slotNow = async () => Number(await f.contracts.ledger.slotAt(await f.time.latest()));
  const voters = () => f.members.slice(0, 3);
  /** What takes over, whole. */
  const deployed = async (terms = testTerms) => {
    const { deployer } = f;
    const consortium = await new ConsortiumSuccessor__factory(deployer).deploy(f.addresses.consortium);
    const registry = await new GridRegistrySuccessor__factory(deployer).deploy(
      consortium,
      60,
      f.addresses.registry,
    );
    const genesis = f.startOf((await slotNow()) + 100);
    const ledger = await new SlotLedger__factory(deployer).deploy(
      consortium,
      registry,
      { genesis, ...testClock },
      terms,
    );
    const governance = await new Governance__factory(deployer).deploy(consortium, testVoting);
    return { consortium, registry, ledger, governance, genesis };
  };
  const setUp = async (terms = testTerms) => {
    const next = await deployed(terms);
    await next.consortium.concludeSetup(next.ledger, next.governance);
    return next;
  };
  /** Has the old ledger settle what it took, after a vote. */
  const finish = async () => {
    const slot = (await slotNow()) + 30;
    await carry(f.governance, f.time, voters(), [onConsortium(f, "retireLedger", [slot])]);
    await f.passCutOff(slot - 1);
    for (let next = await f.nextSlot(); next < slot; next++) {
      await f.contracts.ledger.closeIncomplete(next, "0x", "0x");
    }
  };
  const retired = async (to: string) => {
    await carry(f.governance, f.time, voters(), [onConsortium(f, "retire", [to])]);
  };
  const refusedRetirement = async (to: string) => {
    const made = await carried(f.governance, f.time, voters(), [onConsortium(f, "retire", [to])]);
    return (await refusal(f.governance.execute(made.id, made.calls))).name;
  };

  it("moves members, seats, credits and the version, and goes on from there", async () => {
    const next = await setUp();
    await finish();
    const { consortium: old } = f.contracts;
    const kept = await old.members();
    await retired(await next.consortium.getAddress());
    await next.consortium.adopt();
    await next.registry.activate(1);

    expect(JSON.stringify(await next.consortium.members(), inWords)).to.equal(JSON.stringify(kept, inWords));
    expect(await next.consortium.totalCredits()).to.equal(await old.totalCredits());
    expect(await next.consortium.totalCredits()).to.equal(5n * testDeposit);
    expect(await next.consortium.activeSeatOverview()).to.deep.equal(await old.activeSeatOverview());
    const there = await f.contracts.registry.summary(1);
    const here = await next.registry.summary(1);
    for (const field of ["contentHash", "labelsHash", "geometry", "meters", "proposer"] as const) {
      expect(String(here[field]), field).to.equal(String(there[field]));
    }
    expect(await next.registry.records(1)).to.deep.equal(await f.contracts.registry.records(1));
    for (const seat of [0, 1, 2, 3]) {
      expect(await next.registry.metersDigest(1, seat)).to.equal(
        await f.contracts.registry.metersDigest(1, seat),
      );
    }

    const addresses = {
      consortium: await next.consortium.getAddress(),
      registry: await next.registry.getAddress(),
      ledger: await next.ledger.getAddress(),
    };
    // The worker's own comparison says the same.
    const checks = await verifyMigration(
      f.contracts,
      connectContracts(addresses, f.stranger),
      f.deployer.address,
    );
    expect(checks.filter(({ holds }) => !holds)).to.deep.equal([]);
    expect(checks.map(({ what }) => what)).to.include.members([
      "members, seats and credits",
      "sum of credits",
      "digests of the meters",
    ]);

    // A slot there, and a version that a vote of its own members changes.
    const there2 = {
      ...f,
      addresses,
      genesis: next.genesis,
      contracts: connectContracts(addresses, f.stranger),
      as: (seat: number) => connectContracts(addresses, f.members[seat]!),
    };
    const slots = onLedger(there2, version);
    const slot = Math.max(await slots.nextSlot(), 1);
    for (let n = await slots.nextSlot(); n < slot; n++) {
      await slots.passCutOff(n);
      await next.ledger.closeIncomplete(n, "0x", "0x");
    }
    await slots.uploadAll(slot, values);
    await slots.passCutOff(slot);
    await slots.settle(slot, values);
    expect((await slots.credits()).reduce((a, b) => a + b)).to.equal(5n * testDeposit);
    await bringIntoForce(there2, version, []);
    expect(await next.registry.activeVersion()).to.equal(2n);
  });

  it("is seen through where credits moved on the new side, or nothing was taken over yet", async () => {
    const next = await setUp();
    const addresses = {
      consortium: await next.consortium.getAddress(),
      registry: await next.registry.getAddress(),
      ledger: await next.ledger.getAddress(),
    };
    const wrong = async () =>
      (await verifyMigration(f.contracts, connectContracts(addresses, f.stranger)))
        .filter(({ holds }) => !holds)
        .map(({ what }) => what);
    expect(await wrong()).to.include.members([
      "the old consortium was retired in favour of the new",
      "sum of credits",
      "members, seats and credits",
      "slots that the old ledger has left",
    ]);
    await finish();
    await retired(addresses.consortium);
    await next.consortium.adopt();
    expect(await wrong()).to.deep.equal(["grid version"]);
    await next.registry.activate(1);
    expect(await wrong()).to.deep.equal([]);
    await next.consortium.connect(f.members[0]).transfer(f.members[1]!, 1n);
    expect(await wrong()).to.deep.equal(["members, seats and credits"]);
  });

  it("leaves the old one without any power", async () => {
    const next = await setUp();
    await finish();
    // Made in time, and one step short of being in force.
    const late = await proveOnly(f, version);
    await f.time.increase(61);
    const successor = await next.consortium.getAddress();
    await retired(successor);
    const { consortium } = f.as(0);
    expect(await consortium.successor()).to.equal(successor);
    expect(await consortium.ledger()).to.equal(f.addresses.ledger);
    expect(await consortium.hasRole(await consortium.LEDGER_ROLE(), f.addresses.ledger)).to.equal(false);
    for (const call of [
      () => consortium.transfer(f.members[1]!, 1n),
      () => consortium.sponsor(f.deployer, 1n),
      () => consortium.announceLeave(),
      () => consortium.completeLeave(),
      () => consortium.expel(f.members[1]!),
      () => consortium.recordNode(f.deployer, ""),
    ]) {
      const reason = await refusal(call());
      expect([reason.name, reason.arguments]).to.deep.equal(["ConsortiumRetired", { successor }]);
    }
    const calls: [string, unknown[]][] = [
      ["admit", [f.deployer.address, "x", f.members[1]!.address, 1n]],
      ["expelByVote", [f.members[1]!.address]],
      ["replaceAccount", [1, f.deployer.address]],
      ["replaceLedger", [await next.ledger.getAddress()]],
      ["retireLedger", [10_000]],
      ["retire", [successor]],
    ];
    for (const [name, args] of calls) {
      const made = await carried(f.governance, f.time, voters(), [onConsortium(f, name, args)]);
      expect((await refusal(f.governance.execute(made.id, made.calls))).name, name).to.equal(
        "ConsortiumRetired",
      );
    }
    expect((await refusal(f.contracts.registry.activate(late))).name).to.equal("GridRegistryRetired");
    await f.connection.networkHelpers.impersonateAccount(f.addresses.ledger);
    await f.connection.networkHelpers.setBalance(f.addresses.ledger, 10n ** 18n);
    const asLedger = consortium.connect(await f.ethers.getSigner(f.addresses.ledger));
    expect((await refusal(asLedger.netCredits([1n, -1n], [0n, 0n], 0))).name).to.equal(
      "AccessControlUnauthorizedAccount",
    );
  });

  it("takes nothing over unless the old one was retired in its favour, once", async () => {
    const [next, other] = [await setUp(), await setUp()];
    for (const { consortium, registry } of [next, other]) {
      expect((await refusal(consortium.adopt())).name).to.equal("ConsortiumNotSuccessor");
      // Owners are no members yet.
      expect((await refusal(registry.activate(1))).name).to.equal("GridRegistryOwnerNotMember");
    }
    await finish();
    await retired(await next.consortium.getAddress());
    expect((await refusal(other.consortium.adopt())).name).to.equal("ConsortiumNotSuccessor");
    expect((await refusal(other.registry.activate(1))).name).to.equal("GridRegistryOwnerNotMember");
    await next.consortium.adopt();
    expect((await refusal(next.consortium.adopt())).name).to.equal("ConsortiumAlreadyAdopted");
    // Nobody vetoes what was in force.
    const veto = await refusal(next.registry.connect(f.members[0]).veto(1));
    expect(veto.name).to.equal("GridRegistryVetoWindowOver");
    await next.registry.activate(1);
  });

  it("is not retired in favour of one whose registry has another version than what is in force", async () => {
    const next = await setUp();
    await bringIntoForce(f, version, []);
    await finish();
    expect(await refusedRetirement(await next.consortium.getAddress())).to.equal("ConsortiumRegistryBehind");
    await retired(await (await setUp()).consortium.getAddress());
  });

  it("is not retired while slots are to be settled, nor for what cannot take over", async () => {
    const [next, open] = [await setUp(), await deployed()];
    const successor = await next.consortium.getAddress();
    expect(await refusedRetirement(successor)).to.equal("ConsortiumLedgerRuns");
    await finish();
    expect(await refusedRetirement(f.stranger.address)).to.equal("ConsortiumNotSuccessor");
    const foreign = await new ConsortiumSuccessor__factory(f.deployer).deploy(f.addresses.registry);
    expect(await refusedRetirement(await foreign.getAddress())).to.equal("ConsortiumNotSuccessor");
    // Its deployer could still name another ledger.
    expect(await refusedRetirement(await open.consortium.getAddress())).to.equal("ConsortiumSetupOpen");
    await retired(successor);
  });

  it("knows accounts that had a seat before it took over", async () => {
    const next = await setUp();
    await finish();
    await retired(await next.consortium.getAddress());
    await next.consortium.adopt();
    await next.consortium.connect(f.members[0]).sponsor(f.members[3]!, 5n);
    // The replaced account of seat 3, and that of the empty seat 4.
    for (const account of [f.members[3]!, f.members[4]!]) {
      expect(await next.consortium.hadSeat(account)).to.equal(true);
      const made = await carried(next.governance, f.time, voters(), [
        {
          target: await next.consortium.getAddress(),
          data: next.consortium.interface.encodeFunctionData("replaceAccount", [0, account.address]),
        },
      ]);
      expect((await refusal(next.governance.execute(made.id, made.calls))).name).to.equal(
        "ConsortiumFormerAccount",
      );
    }
  });

  it("is not retired in favour of one whose penalty is too large for its members", async () => {
    const next = await setUp({ ...testTerms, anomalyPenalty: 33_334n });
    await finish();
    expect(await refusedRetirement(await next.consortium.getAddress())).to.equal("ConsortiumAnomalyPenalty");
    await retired(await (await setUp({ ...testTerms, anomalyPenalty: 33_333n })).consortium.getAddress());
  });
});

function inWords(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

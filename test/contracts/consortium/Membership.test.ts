import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { carried, carry } from "../../support/carry.js";
import { deposit, foundConsortium } from "./foundConsortium.js";

const NODE = "enode://ab@10.0.0.1:30303";

describe("Consortium whose members join, leave, are expelled and change accounts", () => {
  let f: Awaited<ReturnType<typeof foundConsortium>>;
  let restore: () => Promise<void>;
  before(async () => {
    f = await foundConsortium(4);
    const snapshot = await f.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const call = async (name: string, args: readonly unknown[]) => ({
    target: await f.consortium.getAddress(),
    data: f.consortium.interface.encodeFunctionData(name as "transfer", args as never),
  });
  /** Votes for a call with three of four, and makes it. */
  const voted = async (name: string, ...args: readonly unknown[]) =>
    await carry(f.governance, f.networkHelpers.time, f.members.slice(0, 3), [await call(name, args)]);
  const refused = async (
    error: string,
    errorArgs: readonly unknown[],
    name: string,
    ...args: readonly unknown[]
  ) => {
    const made = await carried(f.governance, f.networkHelpers.time, f.members.slice(0, 3), [
      await call(name, args),
    ]);
    await expect(f.governance.execute(made.id, made.calls))
      .to.be.revertedWithCustomError(f.consortium, error)
      .withArgs(...errorArgs);
  };
  const sponsored = async (seat: number, credits: bigint) =>
    await f.consortium.connect(f.member(seat)).sponsor(f.stranger, credits);
  const expectSum = async (sum: bigint) => {
    expect((await f.credits()).reduce((a, b) => a + b, 0n)).to.equal(sum);
    expect(await f.consortium.totalCredits()).to.equal(sum);
  };

  describe("admit", () => {
    it("gives the newcomer the next seat and its sponsor's credits; joining mints nothing", async () => {
      await sponsored(1, 300n);
      await voted("admit", f.stranger.address, "Newcomer", f.member(1).address, 250n);
      expect(await f.credits()).to.deep.equal([deposit, deposit - 250n, deposit, deposit, 250n]);
      await expectSum(4n * deposit);
      expect(await f.consortium.seatOf(f.stranger)).to.equal(4n);
      expect((await f.consortium.memberAt(4)).name).to.equal("Newcomer");
      expect(await f.consortium.activeSeatOverview()).to.deep.equal([0b11111n, 5n]);
      expect(await f.consortium.hasRole(await f.consortium.OPERATOR_ROLE(), f.stranger)).to.equal(true);
      // The consent is used up, all of it.
      expect(await f.consortium.sponsorship(1, f.stranger)).to.equal(0n);
    });

    it("is refused without the sponsor's consent, beyond it, and after it was withdrawn", async () => {
      const args = [f.stranger.address, "Newcomer", f.member(1).address, 250n] as const;
      await refused("ConsortiumNotSponsored", [f.stranger.address, 1, 0, 250], "admit", ...args);
      await sponsored(1, 249n);
      await refused("ConsortiumNotSponsored", [f.stranger.address, 1, 249, 250], "admit", ...args);
      // Another's consent does not count.
      await sponsored(2, 1_000n);
      await refused("ConsortiumNotSponsored", [f.stranger.address, 1, 249, 250], "admit", ...args);
      await sponsored(1, 250n);
      const made = await carried(f.governance, f.networkHelpers.time, f.members.slice(0, 3), [
        await call("admit", args),
      ]);
      await sponsored(1, 0n);
      await expect(f.governance.execute(made.id, made.calls))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumNotSponsored")
        .withArgs(f.stranger.address, 1, 0, 250);
      await expectSum(4n * deposit);
    });

    it("is refused if the sponsor has spent its credits, or is no member", async () => {
      await sponsored(1, deposit);
      await f.consortium.connect(f.member(1)).transfer(f.member(2), 1n);
      const args = [f.stranger.address, "Newcomer", f.member(1).address, deposit] as const;
      const { address } = f.member(1);
      await refused("ConsortiumInsufficientCredits", [address, deposit - 1n, deposit], "admit", ...args);
      await f.consortium.connect(f.member(1)).transfer(f.member(2), deposit - 1n);
      await f.consortium.expel(address);
      const made = await carried(
        f.governance,
        f.networkHelpers.time,
        [f.member(0), f.member(2)],
        [await call("admit", args)],
      );
      await expect(f.governance.execute(made.id, made.calls))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumNotMember")
        .withArgs(address);
    });

    it("is refused for members, former accounts, the zero address, no credits and names that are taken or unfit", async () => {
      const { consortium } = f;
      const sponsorAll = async (account: string) =>
        await consortium.connect(f.member(1)).sponsor(account, 10n);
      const by = f.member(1).address;
      const free = f.stranger.address;
      for (const account of [f.member(2).address, f.ethers.ZeroAddress, free]) await sponsorAll(account);
      await refused(
        "ConsortiumAlreadyMember",
        [f.member(2).address],
        "admit",
        f.member(2).address,
        "x",
        by,
        5n,
      );
      await refused("ConsortiumZeroAddress", [], "admit", f.ethers.ZeroAddress, "x", by, 5n);
      await refused("ConsortiumZeroDeposit", [], "admit", free, "x", by, 0n);
      await refused("ConsortiumNameTaken", ["TSO 3", 2], "admit", free, "TSO 3", by, 5n);
      await refused("ConsortiumTextTooLong", [0, 64], "admit", free, "", by, 5n);
      await refused("ConsortiumTextTooLong", [65, 64], "admit", free, "x".repeat(65), by, 5n);
      await voted("expelByVote", f.member(3).address);
      await sponsorAll(f.member(3).address);
      await refused(
        "ConsortiumFormerAccount",
        [f.member(3).address],
        "admit",
        f.member(3).address,
        "x",
        by,
        5n,
      );
      // The name is free again, the seat is not.
      await voted("admit", free, "TSO 4", by, 5n);
      expect(await consortium.seatOf(f.stranger)).to.equal(4n);
    });

    it("is refused while the anomaly penalty is too large for one member more", async () => {
      await sponsored(1, 10n);
      const args = [f.stranger.address, "Newcomer", f.member(1).address, 10n] as const;
      const terms = {
        reward: 30n,
        missingPenalty: 10n,
        anomalyPenalty: 11n,
        normalQuantileQ32: 0n,
        penaliseIncomplete: false,
      };
      const set = async (anomalyPenalty: bigint) =>
        await f.ledger.getFunction("setTerms").send({ ...terms, anomalyPenalty });
      await set(11n);
      await refused("ConsortiumAnomalyPenalty", [11, 10], "admit", ...args);
      await set(10n);
      await voted("admit", ...args);
    });

    it("fills every seat there can be, and no more", async () => {
      const full = await foundConsortium(88);
      await full.consortium.connect(full.member(0)).sponsor(full.stranger, 1n);
      const made = await carried(full.governance, full.networkHelpers.time, full.members.slice(0, 59), [
        {
          target: await full.consortium.getAddress(),
          data: full.consortium.interface.encodeFunctionData("admit", [
            full.stranger.address,
            "one more",
            full.member(0).address,
            1n,
          ]),
        },
      ]);
      await expect(full.governance.execute(made.id, made.calls))
        .to.be.revertedWithCustomError(full.consortium, "ConsortiumTooManySeats")
        .withArgs(89, 88);
    });

    it("lets nobody sponsor but members", async () => {
      await expect(f.consortium.connect(f.stranger).sponsor(f.stranger, 1n))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumNotMember")
        .withArgs(f.stranger.address);
    });
  });

  describe("announceLeave, completeLeave", () => {
    it("takes the member's credits out of the sum, and its seat and role away", async () => {
      const leaver = f.consortium.connect(f.member(2));
      await expect(leaver.announceLeave()).to.emit(leaver, "LeaveAnnounced").withArgs(f.member(2).address, 2);
      await expect(leaver.completeLeave())
        .to.emit(leaver, "MemberLeft")
        .withArgs(f.member(2).address, 2, deposit)
        .and.to.emit(f.ledger, "MemberRemoved")
        .withArgs(2, f.member(2).address);
      expect(await f.credits()).to.deep.equal([deposit, deposit, 0n, deposit]);
      await expectSum(3n * deposit);
      expect(await f.consortium.activeSeats()).to.equal(0b1011n);
      expect(await f.consortium.hasRole(await f.consortium.OPERATOR_ROLE(), f.member(2))).to.equal(false);
      await expect(leaver.completeLeave()).to.be.revertedWithCustomError(leaver, "ConsortiumNotMember");
    });

    it("is refused unannounced, and for the last member", async () => {
      const { consortium } = f;
      await expect(consortium.connect(f.member(0)).completeLeave())
        .to.be.revertedWithCustomError(consortium, "ConsortiumLeaveNotAnnounced")
        .withArgs(f.member(0).address);
      for (const seat of [0, 1, 2, 3]) await consortium.connect(f.member(seat)).announceLeave();
      for (const seat of [0, 1, 2]) await consortium.connect(f.member(seat)).completeLeave();
      await expect(consortium.connect(f.member(3)).completeLeave())
        .to.be.revertedWithCustomError(consortium, "ConsortiumLastMember")
        .withArgs(f.member(3).address);
      await expectSum(deposit);
    });

    it("leaves a last member that nobody expels, though the others took all credits with them", async () => {
      const { consortium } = f;
      for (const seat of [1, 2, 3]) {
        await consortium.connect(f.member(seat)).transfer(f.member(0), deposit);
      }
      await consortium.connect(f.member(0)).announceLeave();
      await consortium.connect(f.member(0)).completeLeave();
      for (const seat of [1, 2]) await consortium.expel(f.member(seat));
      await expect(consortium.expel(f.member(3)))
        .to.be.revertedWithCustomError(consortium, "ConsortiumLastMember")
        .withArgs(f.member(3).address);
      await expectSum(0n);
    });
  });

  describe("expelByVote", () => {
    it("shares the credits equally, what is left among the lowest seats; the sum stays", async () => {
      await f.consortium.connect(f.member(0)).transfer(f.member(3), 1n);
      // 1,001 among three: 333 each, and one more for two.
      await voted("expelByVote", f.member(3).address);
      expect(await f.credits()).to.deep.equal([deposit - 1n + 334n, deposit + 334n, deposit + 333n, 0n]);
      await expectSum(4n * deposit);
      const [shared] = await f.consortium.queryFilter(f.consortium.filters.CreditsShared(3));
      expect([...shared!.args]).to.deep.equal([3n, 1_001n, 333n, 2n]);
      const [expelled] = await f.consortium.queryFilter(f.consortium.filters.MemberExpelled());
      expect([...expelled!.args]).to.deep.equal([f.member(3).address, 3n]);
    });

    it("expels one without credits, too, and tells the ledger", async () => {
      await f.consortium.connect(f.member(3)).transfer(f.member(0), deposit);
      await voted("expelByVote", f.member(3).address);
      expect(await f.ledger.queryFilter("MemberRemoved")).to.have.length(1);
      await expectSum(4n * deposit);
    });

    it("is refused for strangers and for the last member", async () => {
      await refused("ConsortiumNotMember", [f.stranger.address], "expelByVote", f.stranger.address);
      const all = await Promise.all(
        f.members.map(async ({ address }) => await call("expelByVote", [address])),
      );
      const made = await carried(f.governance, f.networkHelpers.time, f.members, all);
      await expect(f.governance.execute(made.id, made.calls))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumLastMember")
        .withArgs(f.member(3).address);
      expect(await f.consortium.activeSeats()).to.equal(0b1111n);
    });
  });

  describe("replaceAccount", () => {
    it("hands the seat with all that it has to the new account", async () => {
      const { consortium } = f;
      await consortium.connect(f.member(2)).announceLeave();
      await consortium.connect(f.member(2)).recordNode(f.member(2), NODE);
      await voted("replaceAccount", 2, f.stranger.address);
      const member = await consortium.memberAt(2);
      expect([member.account, member.name, member.active, member.credits]).to.deep.equal([
        f.stranger.address,
        "TSO 3",
        true,
        deposit,
      ]);
      expect(await consortium.nodeOf(2)).to.deep.equal([f.member(2).address, NODE]);
      // Who had the key may have announced it.
      expect(await consortium.leavingSince(2)).to.equal(0n);
      const role = await consortium.OPERATOR_ROLE();
      expect([
        await consortium.hasRole(role, f.member(2)),
        await consortium.hasRole(role, f.stranger),
      ]).to.deep.equal([false, true]);
      const [told] = await f.ledger.queryFilter("AccountReplaced");
      expect("args" in told! && [...told.args]).to.deep.equal([2n, f.member(2).address, f.stranger.address]);
      await expect(consortium.connect(f.member(2)).transfer(f.member(0), 1n))
        .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
        .withArgs(f.member(2).address);
      await consortium.connect(f.stranger).transfer(f.member(0), 1n);
      await expectSum(4n * deposit);
    });

    it("is refused for empty seats, members' accounts, accounts that had a seat, and the zero address", async () => {
      await refused(
        "ConsortiumAlreadyMember",
        [f.member(1).address],
        "replaceAccount",
        2,
        f.member(1).address,
      );
      await refused("ConsortiumZeroAddress", [], "replaceAccount", 2, f.ethers.ZeroAddress);
      await refused("ConsortiumInactiveSeat", [4], "replaceAccount", 4, f.stranger.address);
      await voted("replaceAccount", 3, f.stranger.address);
      // Neither back to the stolen key, nor to that of another seat.
      for (const seat of [3, 2]) {
        await refused(
          "ConsortiumFormerAccount",
          [f.member(3).address],
          "replaceAccount",
          seat,
          f.member(3).address,
        );
      }
    });
  });

  describe("recordNode", () => {
    it("keeps what each member says of itself, and frees what it said before", async () => {
      const [a, b] = [f.stranger.address, f.deployer.address];
      const { consortium } = f;
      await expect(consortium.connect(f.member(0)).recordNode(a, NODE))
        .to.emit(consortium, "NodeRecorded")
        .withArgs(0, a, NODE);
      expect(await consortium.nodeOf(0)).to.deep.equal([a, NODE]);
      await expect(consortium.connect(f.member(1)).recordNode(a, ""))
        .to.be.revertedWithCustomError(consortium, "ConsortiumValidatorTaken")
        .withArgs(a, 0);
      await consortium.connect(f.member(0)).recordNode(a, "");
      await consortium.connect(f.member(0)).recordNode(b, NODE);
      await consortium.connect(f.member(1)).recordNode(a, NODE);
      // None is no address: any number may have it.
      await consortium.connect(f.member(1)).recordNode(f.ethers.ZeroAddress, "");
      await consortium.connect(f.member(0)).recordNode(f.ethers.ZeroAddress, "");
      await consortium.connect(f.member(2)).recordNode(a, NODE);
    });

    it("lets a validator be recorded by another once its member is gone", async () => {
      await f.consortium.connect(f.member(3)).recordNode(f.stranger, NODE);
      await voted("expelByVote", f.member(3).address);
      await f.consortium.connect(f.member(0)).recordNode(f.stranger, NODE);
      expect((await f.consortium.nodeOf(0)).validator).to.equal(f.stranger.address);
    });

    it("is for members, and texts of 512 bytes", async () => {
      const { consortium } = f;
      await expect(consortium.connect(f.stranger).recordNode(f.stranger, ""))
        .to.be.revertedWithCustomError(consortium, "ConsortiumNotMember")
        .withArgs(f.stranger.address);
      await expect(consortium.connect(f.member(0)).recordNode(f.stranger, "x".repeat(513)))
        .to.be.revertedWithCustomError(consortium, "ConsortiumTextTooLong")
        .withArgs(513, 512);
    });
  });
});

import { expect } from "chai";
import { before, beforeEach, describe, it } from "mocha";
import { Governance__factory } from "../../../typechain-types/index.js";
import { carried, carry, proposed } from "../../support/carry.js";
import { testVoting } from "../../support/testVoting.js";
import { foundConsortium } from "./foundConsortium.js";

const [OPEN, CARRIED, EXECUTABLE, EXECUTED, REJECTED, EXPIRED] = [1n, 2n, 3n, 4n, 5n, 6n];

describe("Governance", () => {
  let f: Awaited<ReturnType<typeof foundConsortium>>;
  let target: Awaited<ReturnType<typeof f.ethers.deployContract>>;
  let address: string;
  let restore: () => Promise<void>;
  before(async () => {
    f = await foundConsortium(5);
    target = await f.ethers.deployContract("GovernanceTarget");
    address = await target.getAddress();
    const snapshot = await f.networkHelpers.takeSnapshot();
    restore = async () => await snapshot.restore();
  });
  beforeEach(async () => await restore());

  const hear = (what: number) => ({
    target: address,
    data: target.interface.encodeFunctionData("hear", [what]),
  });
  const heard = async (): Promise<bigint[]> =>
    [...(await target.getFunction("heard").staticCall())] as bigint[];
  const clock = () => f.networkHelpers.time;
  const vote = async (seat: number, id: bigint, inFavour = true) =>
    await f.governance.connect(f.member(seat)).vote(id, inFavour);
  const execute = async (made: { id: bigint; calls: Parameters<typeof f.governance.execute>[1] }) =>
    await f.governance.connect(f.stranger).execute(made.id, made.calls);
  const stateOf = async (id: bigint) => (await f.governance.proposal(id)).state;
  const onConsortium = async (name: string, args: unknown[]) => ({
    target: await f.consortium.getAddress(),
    data: f.consortium.interface.encodeFunctionData(name as "transfer", args as never),
  });
  const setRules = async (changed: Partial<typeof testVoting>) => ({
    target: await f.governance.getAddress(),
    data: f.governance.interface.encodeFunctionData("setRules", [{ ...testVoting, ...changed }]),
  });

  describe("propose", () => {
    it("numbers proposals from 1, and tells who proposed what, why and until when", async () => {
      const calls = [hear(7), hear(8)];
      const { id } = await proposed(f.governance, f.member(2), calls, "to be heard");
      expect(id).to.equal(1n);
      const end = BigInt((await clock().latest()) + testVoting.votingSeconds);
      const [event] = await f.governance.queryFilter(f.governance.filters.ProposalMade(id));
      expect(event!.args.seat).to.equal(2n);
      expect(event!.args.reason).to.equal("to be heard");
      expect(event!.args.calls.map((call) => [call.target, call.data])).to.deep.equal(
        calls.map((call) => [call.target, call.data]),
      );
      const known = await f.governance.proposal(id);
      expect([known.state, known.seat, known.yes, known.no, known.needed]).to.deep.equal([
        OPEN,
        2n,
        0n,
        0n,
        4n,
      ]);
      expect([known.votingEnds, known.executableFrom]).to.deep.equal([end, 0n]);
      expect(await f.governance.proposalCount()).to.equal(1n);
    });

    it("is for members; asks for calls, to contracts", async () => {
      const { governance } = f;
      await expect(governance.connect(f.stranger).propose([hear(1)], ""))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumNotMember")
        .withArgs(f.stranger.address);
      const member = governance.connect(f.member(0));
      await expect(member.propose([], "")).to.be.revertedWithCustomError(governance, "GovernanceNoCalls");
      await expect(member.propose([hear(1), { target: f.stranger.address, data: "0x" }], ""))
        .to.be.revertedWithCustomError(governance, "GovernanceTargetNotContract")
        .withArgs(1, f.stranger.address);
    });
  });

  describe("vote", () => {
    it("carries a proposal with two thirds of the seats, rounded up, and no fewer", async () => {
      const { id } = await proposed(f.governance, f.member(0), [hear(1)]);
      for (const seat of [0, 1, 2]) await vote(seat, id);
      expect(await stateOf(id)).to.equal(OPEN);
      await expect(await vote(3, id)).to.emit(f.governance, "ProposalCarried");
      expect(await stateOf(id)).to.equal(CARRIED);
    });

    it("counts one vote a seat, however often it is cast, and the last", async () => {
      const { id } = await proposed(f.governance, f.member(0), [hear(1)]);
      for (let i = 0; i < 5; i++) await vote(0, id);
      expect((await f.governance.proposal(id)).yes).to.equal(0b1n);
      await vote(0, id, false);
      const { yes, no } = await f.governance.proposal(id);
      expect([yes, no]).to.deep.equal([0n, 0b1n]);
    });

    it("takes back a vote that had carried it, and starts the delay anew if it is carried again", async () => {
      const made = await proposed(f.governance, f.member(0), [hear(1)]);
      for (const seat of [0, 1, 2, 3]) await vote(seat, made.id);
      await clock().increase(testVoting.delaySeconds - 10);
      await expect(await vote(3, made.id, false))
        .to.emit(f.governance, "ProposalLost")
        .withArgs(made.id);
      await clock().increase(20);
      await expect(execute(made))
        .to.be.revertedWithCustomError(f.governance, "GovernanceNotCarried")
        .withArgs(made.id, 3, 4);
      await vote(4, made.id);
      await expect(execute(made)).to.be.revertedWithCustomError(f.governance, "GovernanceTooEarly");
      await clock().increase(testVoting.delaySeconds);
      await execute(made);
      expect(await heard()).to.deep.equal([1n]);
    });

    it("is for members, in time, on proposals that there are", async () => {
      const made = await proposed(f.governance, f.member(0), [hear(1)]);
      await expect(f.governance.connect(f.stranger).vote(made.id, true))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumNotMember")
        .withArgs(f.stranger.address);
      await expect(vote(0, 2n))
        .to.be.revertedWithCustomError(f.governance, "GovernanceUnknownProposal")
        .withArgs(2);
      const { votingEnds } = await f.governance.proposal(made.id);
      await clock().setNextBlockTimestamp(Number(votingEnds) - 1);
      await vote(0, made.id);
      await clock().increaseTo(Number(votingEnds));
      await expect(vote(1, made.id))
        .to.be.revertedWithCustomError(f.governance, "GovernanceVotingOver")
        .withArgs(made.id, votingEnds);
      expect(await stateOf(made.id)).to.equal(REJECTED);
    });
  });

  describe("execute", () => {
    it("makes all calls in order, after the delay, by anyone, once", async () => {
      const made = await proposed(f.governance, f.member(0), [hear(3), hear(1), hear(2)]);
      for (const seat of [0, 1, 2, 4]) await vote(seat, made.id);
      const { executableFrom } = await f.governance.proposal(made.id);
      await clock().setNextBlockTimestamp(Number(executableFrom) - 1);
      await expect(execute(made))
        .to.be.revertedWithCustomError(f.governance, "GovernanceTooEarly")
        .withArgs(made.id, executableFrom, executableFrom - 1n);
      await clock().increaseTo(Number(executableFrom));
      expect(await stateOf(made.id)).to.equal(EXECUTABLE);
      await expect(execute(made)).to.emit(f.governance, "ProposalExecuted").withArgs(made.id);
      expect(await heard()).to.deep.equal([3n, 1n, 2n]);
      expect(await stateOf(made.id)).to.equal(EXECUTED);
      for (const again of [async () => await execute(made), async () => await vote(3, made.id)]) {
        await expect(again())
          .to.be.revertedWithCustomError(f.governance, "GovernanceAlreadyExecuted")
          .withArgs(made.id);
      }
    });

    it("is too late after its time", async () => {
      const made = await carried(f.governance, clock(), f.members.slice(0, 4), [hear(1)]);
      const { executableUntil } = await f.governance.proposal(made.id);
      await clock().increaseTo(Number(executableUntil));
      await expect(execute(made))
        .to.be.revertedWithCustomError(f.governance, "GovernanceExpired")
        .withArgs(made.id, executableUntil);
      expect(await stateOf(made.id)).to.equal(EXPIRED);
    });

    it("takes the calls that were voted for, and no others", async () => {
      const { id } = await carried(f.governance, clock(), f.members.slice(0, 4), [hear(1)]);
      for (const calls of [[], [hear(2)], [hear(1), hear(1)]]) {
        await expect(execute({ id, calls })).to.be.revertedWithCustomError(
          f.governance,
          "GovernanceCallsMismatch",
        );
      }
    });

    it("makes none of the calls if one fails, and gives that one's reason", async () => {
      const refuse = { target: address, data: target.interface.encodeFunctionData("refuse", [9]) };
      const made = await carried(f.governance, clock(), f.members.slice(0, 4), [hear(1), refuse]);
      await expect(execute(made))
        .to.be.revertedWithCustomError(target, "GovernanceTargetRefused")
        .withArgs(9);
      expect(await heard()).to.deep.equal([]);
      expect(await stateOf(made.id)).to.equal(EXECUTABLE);
    });

    it("names a call that fails without a reason", async () => {
      const silent = { target: address, data: target.interface.encodeFunctionData("failSilently") };
      const made = await carried(f.governance, clock(), f.members.slice(0, 4), [hear(1), silent]);
      await expect(execute(made))
        .to.be.revertedWithCustomError(f.governance, "GovernanceCallFailed")
        .withArgs(1, address);
    });

    it("is not carried by members who are none any more, nor by their seats' new neighbours", async () => {
      const made = await carried(f.governance, clock(), f.members.slice(0, 4), [hear(1)]);
      // Seat 3 gives all away and is expelled: three of four are left for it, and three are needed.
      const give = async (seat: number) => {
        await f.consortium
          .connect(f.member(seat))
          .transfer(f.member(4), await f.consortium.creditsOf(f.member(seat)));
        await f.consortium.expel(f.member(seat));
      };
      await give(3);
      expect(await stateOf(made.id)).to.equal(EXECUTABLE);
      await give(2);
      await give(1);
      // One of two, and both are needed.
      await expect(execute(made))
        .to.be.revertedWithCustomError(f.governance, "GovernanceNotCarried")
        .withArgs(made.id, 1, 2);
      await expect(vote(3, made.id))
        .to.be.revertedWithCustomError(f.consortium, "ConsortiumNotMember")
        .withArgs(f.member(3).address);
      expect((await f.governance.proposal(made.id)).yes).to.equal(0b1n);
    });

    it("carries nothing by a smaller number of members alone: somebody votes again", async () => {
      const made = await proposed(f.governance, f.member(0), [hear(1)]);
      for (const seat of [0, 1, 2]) await vote(seat, made.id);
      await f.consortium
        .connect(f.member(4))
        .transfer(f.member(0), await f.consortium.creditsOf(f.member(4)));
      await f.consortium.expel(f.member(4));
      await expect(execute(made))
        .to.be.revertedWithCustomError(f.governance, "GovernanceNotCarried")
        .withArgs(made.id, 3, 3);
      await expect(await vote(1, made.id)).to.emit(f.governance, "ProposalCarried");
    });

    it("expels its own voters in one go, whose votes counted until then", async () => {
      const [first, second] = [f.member(0).address, f.member(1).address];
      const made = await carried(f.governance, clock(), f.members.slice(0, 4), [
        await onConsortium("expelByVote", [first]),
        hear(1),
        await onConsortium("expelByVote", [second]),
      ]);
      const other = await carried(f.governance, clock(), f.members.slice(0, 4), [hear(2)]);
      await execute(made);
      expect(await f.consortium.activeSeats()).to.equal(0b11100n);
      expect(await heard()).to.deep.equal([1n]);
      // Another one that they carried: two of three are needed, and two are left for it.
      await execute(other);
      expect(await heard()).to.deep.equal([1n, 2n]);
    });

    it("cannot be entered again from within its calls", async () => {
      const { governance } = f;
      const id = 1n;
      const within = (calls: { target: string; data: string }[]) => ({
        target: address,
        data: target.interface.encodeFunctionData("executeFromWithin", [f.governance.target, id, calls]),
      });
      const made = await carried(governance, clock(), f.members.slice(0, 4), [within([hear(1)])]);
      expect(made.id).to.equal(id);
      await expect(execute(made))
        .to.be.revertedWithCustomError(governance, "GovernanceAlreadyExecuted")
        .withArgs(id);
    });

    it("lets the account that a seat is given to change the seat's vote, and the old one nothing", async () => {
      const made = await proposed(f.governance, f.member(0), [hear(1)]);
      for (const seat of [0, 1, 2]) await vote(seat, made.id);
      await carry(f.governance, clock(), f.members.slice(1, 5), [
        await onConsortium("replaceAccount", [0, f.stranger.address]),
      ]);
      await expect(vote(0, made.id)).to.be.revertedWithCustomError(f.consortium, "ConsortiumNotMember");
      await f.governance.connect(f.stranger).vote(made.id, true);
      expect((await f.governance.proposal(made.id)).yes).to.equal(0b111n);
      await f.governance.connect(f.stranger).vote(made.id, false);
      const { yes, no } = await f.governance.proposal(made.id);
      expect([yes, no]).to.deep.equal([0b110n, 0b1n]);
    });
  });

  describe("setRules", () => {
    it("is refused to members, to strangers and to other contracts", async () => {
      for (const caller of [f.member(0), f.stranger, f.deployer]) {
        await expect(f.governance.connect(caller).setRules(testVoting))
          .to.be.revertedWithCustomError(f.governance, "GovernanceNotByVote")
          .withArgs(caller.address);
      }
    });

    it("changes the rules by vote, for what comes then", async () => {
      const earlier = await proposed(f.governance, f.member(0), [hear(1)]);
      const { votingEnds } = await f.governance.proposal(earlier.id);
      const changed = {
        supermajorityNumerator: 1,
        supermajorityDenominator: 1,
        votingSeconds: 7_200,
        confirmationDepth: 9,
      };
      await carry(f.governance, clock(), f.members.slice(0, 4), [await setRules(changed)]);
      expect([...(await f.governance.rules())]).to.deep.equal([1n, 1n, 7_200n, 600n, 86_400n, 9n]);
      expect((await f.governance.proposal(earlier.id)).votingEnds).to.equal(votingEnds);
      // All five are needed now.
      for (const seat of [0, 1, 2, 3]) await vote(seat, earlier.id);
      expect(await stateOf(earlier.id)).to.equal(OPEN);
      await vote(4, earlier.id);
      expect(await stateOf(earlier.id)).to.equal(CARRIED);
    });

    for (const [what, changed, got] of [
      ["supermajorityDenominator", { supermajorityDenominator: 0 }, 0],
      ["supermajorityNumerator", { supermajorityNumerator: 1, supermajorityDenominator: 2 }, 1],
      ["supermajorityNumerator", { supermajorityNumerator: 4, supermajorityDenominator: 3 }, 4],
      ["votingSeconds", { votingSeconds: 299 }, 299],
      ["votingSeconds", { votingSeconds: 90 * 86_400 + 1 }, 90 * 86_400 + 1],
      ["delaySeconds", { delaySeconds: 59 }, 59],
      ["executionSeconds", { executionSeconds: 3_599 }, 3_599],
      ["confirmationDepth", { confirmationDepth: 4_097 }, 4_097],
    ] as const) {
      it(`refuses ${JSON.stringify(changed)}, by vote and at the founding`, async () => {
        const made = await carried(f.governance, clock(), f.members.slice(0, 4), [await setRules(changed)]);
        const error = "GovernanceBadRules";
        await expect(execute(made)).to.be.revertedWithCustomError(f.governance, error).withArgs(what, got);
        const founding = new Governance__factory(f.deployer).deploy(f.consortium, {
          ...testVoting,
          ...changed,
        });
        await expect(founding).to.be.revertedWithCustomError(f.governance, error).withArgs(what, got);
      });
    }
  });

  it("refuses everyone who calls the consortium as if they were the governance", async () => {
    const { consortium, stranger } = f;
    for (const caller of [f.member(0), stranger, f.deployer]) {
      const as = consortium.connect(caller);
      for (const call of [
        async () => await as.expelByVote(f.member(1)),
        async () => await as.admit(stranger, "x", f.member(0), 1),
        async () => await as.replaceAccount(1, stranger),
        async () => await as.replaceLedger(f.ledger),
        async () => await as.retireLedger(1),
        async () => await as.retire(f.ledger),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(consortium, "ConsortiumNotGovernance")
          .withArgs(caller.address);
      }
    }
  });
});

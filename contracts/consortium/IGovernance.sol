// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";

/**
 * @title What members vote for, and when it is done
 * @notice Members rule by proposal and supermajority; there is no other power. A proposal is a list of calls, made by this
 * contract once it was carried and has waited: the contracts of the consortium take the calls that change their rules
 * from here alone.
 *
 * 1. A member proposes calls, with a reason. Whoever has a seat votes for or against, and may change its vote, until the
 *    voting ends or the calls are made. A vote is its seat's: an account that is replaced hands it on with the seat.
 * 2. When the seats that vote for it are the supermajority of the active seats, the proposal is carried, and the delay
 *    begins; when a changed vote takes that away, it ends. Seats of those who left or were expelled do not count.
 * 3. After the delay, for a time, anyone may have the calls made, all or none, once: if those for it still are the
 *    supermajority of the seats that are active then.
 */
interface IGovernance {
    /// @notice A call that this contract makes.
    struct Call {
        address target;
        bytes data;
    }

    /// @notice How votes are held, and what no other contract keeps.
    struct Rules {
        /// The part of the active seats that carries a proposal, rounded up: more than a half, at most all.
        uint16 supermajorityNumerator;
        uint16 supermajorityDenominator;
        /// How long a proposal can be voted on.
        uint32 votingSeconds;
        /// From when a proposal is carried to when it may be executed.
        uint32 delaySeconds;
        /// From then on, how long it may be executed.
        uint32 executionSeconds;
        /// Blocks on top of one that workers wait for before they rely on it.
        uint16 confirmationDepth;
    }

    enum State {
        None,
        /// Can be voted on, and is not carried.
        Open,
        /// Carried, and waits.
        Carried,
        Executable,
        Executed,
        /// The voting ended, and it was not carried, or those for it are too few by now.
        Rejected,
        /// Carried, and not executed in time.
        Expired
    }

    /// @notice What is known of a proposal.
    struct Proposal {
        State state;
        /// Who proposed it.
        uint256 seat;
        bytes32 callsHash;
        /// Active seats for and against, as bit maps.
        uint256 yes;
        uint256 no;
        /// How many seats carry it at present.
        uint256 needed;
        /// Seconds.
        uint256 votingEnds;
        /// Seconds; 0 while it is not carried.
        uint256 executableFrom;
        uint256 executableUntil;
    }

    /// @notice The member on `seat` proposes these calls.
    event ProposalMade(uint256 indexed id, uint256 indexed seat, Call[] calls, string reason, uint256 votingEnds);
    /// @notice The member on `seat` votes for it or against it; this replaces an earlier vote.
    event VoteCast(uint256 indexed id, uint256 indexed seat, bool inFavour);
    /// @notice It is carried, and may be executed from one time (seconds) to the other.
    event ProposalCarried(uint256 indexed id, uint256 executableFrom, uint256 executableUntil);
    /// @notice It was carried, and a changed vote took that away.
    event ProposalLost(uint256 indexed id);
    /// @notice Its calls were made.
    event ProposalExecuted(uint256 indexed id);
    /// @notice The rules are these from now on.
    event RulesChanged(Rules rules);

    /// @notice The rule `what` is out of bounds at `got`.
    error GovernanceBadRules(string what, uint256 got);
    /// @notice Rules change by a proposal that calls this contract, and not otherwise.
    error GovernanceNotByVote(address caller);
    /// @notice A proposal without calls.
    error GovernanceNoCalls();
    /// @notice Call `index` goes to `target`, which is no contract: it would do nothing.
    error GovernanceTargetNotContract(uint256 index, address target);
    /// @notice Nobody made proposal `id`.
    error GovernanceUnknownProposal(uint256 id);
    /// @notice The voting on proposal `id` ended at `votingEnds`.
    error GovernanceVotingOver(uint256 id, uint256 votingEnds);
    /// @notice Proposal `id` was executed.
    error GovernanceAlreadyExecuted(uint256 id);
    /// @notice Proposal `id` has `yes` active seats for it, and `needed` carry it. If there are enough, one of them votes
    /// again while the voting lasts.
    error GovernanceNotCarried(uint256 id, uint256 yes, uint256 needed);
    /// @notice Proposal `id` may be executed from `executableFrom` on, and it is `time`.
    error GovernanceTooEarly(uint256 id, uint256 executableFrom, uint256 time);
    /// @notice Proposal `id` could be executed until `executableUntil`.
    error GovernanceExpired(uint256 id, uint256 executableUntil);
    /// @notice The calls hash to `got`, those of proposal `id` to `want`.
    error GovernanceCallsMismatch(uint256 id, bytes32 got, bytes32 want);
    /// @notice Call `index` failed without a reason. One with a reason fails with that.
    error GovernanceCallFailed(uint256 index, address target);

    /// @notice As a member, proposes calls. Nobody has voted for them yet, the proposer neither.
    /// @param calls What to do: all of it or nothing, in this order.
    /// @param reason For the voters.
    /// @return id Its number, from 1.
    /// @custom:error ConsortiumNotMember, GovernanceNoCalls, GovernanceTargetNotContract
    function propose(Call[] calldata calls, string calldata reason) external returns (uint256 id);

    /// @notice As a member, votes for a proposal or against it, in place of an earlier vote. The votes are counted.
    /// @custom:error ConsortiumNotMember, GovernanceUnknownProposal, GovernanceAlreadyExecuted, GovernanceVotingOver,
    /// GovernanceExpired
    function vote(uint256 id, bool inFavour) external;

    /// @notice Makes the calls of a proposal. Anyone may. A call that fails with a reason makes all fail with that.
    /// @param calls As proposed.
    /// @custom:error GovernanceUnknownProposal, GovernanceAlreadyExecuted, GovernanceNotCarried, GovernanceTooEarly,
    /// GovernanceExpired, GovernanceCallsMismatch, GovernanceTargetNotContract, GovernanceCallFailed
    function execute(uint256 id, Call[] calldata calls) external;

    /// @notice By vote, changes the rules. They hold for votes that are counted, and for proposals that are made, from
    /// then on; times that are set already stay.
    /// @custom:error GovernanceNotByVote, GovernanceBadRules
    function setRules(Rules calldata rules_) external;

    /// @notice Whose members vote.
    function consortium() external view returns (IConsortium);

    /// @notice The rules.
    function rules() external view returns (Rules memory);

    /// @notice How many proposals were made; they are numbered from 1.
    function proposalCount() external view returns (uint256);

    /// @notice What is known of a proposal.
    /// @custom:error GovernanceUnknownProposal
    function proposal(uint256 id) external view returns (Proposal memory);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "./IConsortium.sol";
import {IGovernance} from "./IGovernance.sol";
import {Seats} from "./libraries/Seats.sol";

/// @title What members vote for, and when it is done
/// @dev Keeps the hash of a proposal's calls; the calls are in its event, and come again with their execution.
contract Governance is IGovernance {
    /// @dev Two words and a hash.
    struct Kept {
        uint96 yes;
        uint96 no;
        uint40 votingEnds;
        uint8 seat;
        bool executed;
        uint40 executableFrom;
        uint40 executableUntil;
        bytes32 callsHash;
    }

    uint256 private constant _MOST_SECONDS = 90 days;
    uint256 private constant _LEAST_VOTING_SECONDS = 5 minutes;
    uint256 private constant _LEAST_DELAY_SECONDS = 1 minutes;
    uint256 private constant _LEAST_EXECUTION_SECONDS = 1 hours;
    uint256 private constant _MOST_CONFIRMATIONS = 4096;

    /// @inheritdoc IGovernance
    IConsortium public immutable consortium;
    /// @inheritdoc IGovernance
    uint256 public proposalCount;

    Rules private _rules;
    mapping(uint256 id => Kept) private _proposals;

    /// @custom:error GovernanceBadRules
    constructor(IConsortium consortium_, Rules memory rules_) {
        consortium = consortium_;
        _setRules(rules_);
    }

    /// @inheritdoc IGovernance
    function propose(Call[] calldata calls, string calldata reason) external returns (uint256 id) {
        // Check: a member, and calls that can do something.
        uint256 seat = consortium.seatOf(msg.sender);
        if (calls.length == 0) revert GovernanceNoCalls();
        for (uint256 i = 0; i < calls.length; ++i) _checkTarget(i, calls[i].target);

        // Effect. Casts: seats are below 88, times below 2^40.
        id = ++proposalCount;
        Kept storage kept = _proposals[id];
        kept.seat = uint8(seat);
        kept.votingEnds = uint40(block.timestamp + _rules.votingSeconds);
        kept.callsHash = keccak256(abi.encode(calls));
        emit ProposalMade(id, seat, calls, reason, kept.votingEnds);
    }

    /// @inheritdoc IGovernance
    function vote(uint256 id, bool inFavour) external {
        // Check: a member, in time.
        uint256 seat = consortium.seatOf(msg.sender);
        Kept storage kept = _require(id);
        if (block.timestamp >= kept.votingEnds) revert GovernanceVotingOver(id, kept.votingEnds);
        _checkNotExpired(id, kept);

        // Effect: one vote a seat. Cast: a seat is below 88.
        uint96 bit = uint96(1 << seat);
        kept.yes = inFavour ? kept.yes | bit : kept.yes & ~bit;
        kept.no = inFavour ? kept.no & ~bit : kept.no | bit;
        emit VoteCast(id, seat, inFavour);

        // Effect: whether it is carried now.
        (uint256 yes, uint256 needed) = _count(kept);
        if (yes >= needed && kept.executableFrom == 0) {
            uint256 from = block.timestamp + _rules.delaySeconds;
            kept.executableFrom = uint40(from);
            kept.executableUntil = uint40(from + _rules.executionSeconds);
            emit ProposalCarried(id, from, kept.executableUntil);
        } else if (yes < needed && kept.executableFrom != 0) {
            kept.executableFrom = 0;
            kept.executableUntil = 0;
            emit ProposalLost(id);
        }
    }

    /// @inheritdoc IGovernance
    function execute(uint256 id, Call[] calldata calls) external {
        // Check: carried, by those who are members now; waited; not too late; these calls.
        Kept storage kept = _require(id);
        (uint256 yes, uint256 needed) = _count(kept);
        if (kept.executableFrom == 0 || yes < needed) revert GovernanceNotCarried(id, yes, needed);
        if (block.timestamp < kept.executableFrom) revert GovernanceTooEarly(id, kept.executableFrom, block.timestamp);
        _checkNotExpired(id, kept);
        bytes32 hash = keccak256(abi.encode(calls));
        if (hash != kept.callsHash) revert GovernanceCallsMismatch(id, hash, kept.callsHash);

        // Effect: before the calls, so that none of them can have it executed again.
        kept.executed = true;
        emit ProposalExecuted(id);

        // Interaction: all or none.
        for (uint256 i = 0; i < calls.length; ++i) {
            address target = calls[i].target;
            _checkTarget(i, target);
            // solhint-disable-next-line avoid-low-level-calls
            (bool done, bytes memory result) = target.call(calls[i].data);
            if (done) continue;
            if (result.length == 0) revert GovernanceCallFailed(i, target);
            assembly ("memory-safe") {
                // The call's own reason.
                revert(add(result, 32), mload(result))
            }
        }
    }

    /// @inheritdoc IGovernance
    function setRules(Rules calldata rules_) external {
        // Check: voted for.
        if (msg.sender != address(this)) revert GovernanceNotByVote(msg.sender);

        // Check and effect.
        _setRules(rules_);
    }

    /// @inheritdoc IGovernance
    function rules() external view returns (Rules memory) {
        return _rules;
    }

    /// @inheritdoc IGovernance
    function proposal(uint256 id) external view returns (Proposal memory) {
        Kept storage kept = _proposals[id];
        if (kept.votingEnds == 0) revert GovernanceUnknownProposal(id);
        uint256 active = consortium.activeSeats();
        (uint256 yes, uint256 needed) = _count(kept);
        return
            Proposal({
                state: _stateOf(kept, yes >= needed),
                seat: kept.seat,
                callsHash: kept.callsHash,
                yes: kept.yes & active,
                no: kept.no & active,
                needed: needed,
                votingEnds: kept.votingEnds,
                executableFrom: kept.executableFrom,
                executableUntil: kept.executableUntil
            });
    }

    function _setRules(Rules memory rules_) private {
        // Check: more than a half, at most all; times that people can keep to.
        uint256 denominator = rules_.supermajorityDenominator;
        if (denominator == 0) revert GovernanceBadRules("supermajorityDenominator", denominator);
        uint256 numerator = rules_.supermajorityNumerator;
        if (2 * numerator <= denominator || numerator > denominator) {
            revert GovernanceBadRules("supermajorityNumerator", numerator);
        }
        _checkSeconds("votingSeconds", rules_.votingSeconds, _LEAST_VOTING_SECONDS);
        _checkSeconds("delaySeconds", rules_.delaySeconds, _LEAST_DELAY_SECONDS);
        _checkSeconds("executionSeconds", rules_.executionSeconds, _LEAST_EXECUTION_SECONDS);
        if (rules_.confirmationDepth > _MOST_CONFIRMATIONS) {
            revert GovernanceBadRules("confirmationDepth", rules_.confirmationDepth);
        }

        // Effect.
        _rules = rules_;
        emit RulesChanged(rules_);
    }

    /// @dev A proposal that was made and not executed.
    function _require(uint256 id) private view returns (Kept storage kept) {
        kept = _proposals[id];
        if (kept.votingEnds == 0) revert GovernanceUnknownProposal(id);
        if (kept.executed) revert GovernanceAlreadyExecuted(id);
    }

    /// @dev How many active seats are for a proposal, and how many carry it.
    function _count(Kept storage kept) private view returns (uint256 yes, uint256 needed) {
        uint256 active = consortium.activeSeats();
        yes = Seats.count(kept.yes & active);
        uint256 denominator = _rules.supermajorityDenominator;
        needed = (Seats.count(active) * _rules.supermajorityNumerator + denominator - 1) / denominator;
    }

    function _stateOf(Kept storage kept, bool enough) private view returns (State) {
        if (kept.executed) return State.Executed;
        if (kept.executableFrom != 0 && block.timestamp >= kept.executableUntil) return State.Expired;
        if (kept.executableFrom == 0 || !enough) {
            return block.timestamp < kept.votingEnds ? State.Open : State.Rejected;
        }
        return block.timestamp < kept.executableFrom ? State.Carried : State.Executable;
    }

    function _checkNotExpired(uint256 id, Kept storage kept) private view {
        if (kept.executableFrom != 0 && block.timestamp >= kept.executableUntil) {
            revert GovernanceExpired(id, kept.executableUntil);
        }
    }

    function _checkTarget(uint256 index, address target) private view {
        if (target.code.length == 0) revert GovernanceTargetNotContract(index, target);
    }

    function _checkSeconds(string memory what, uint256 got, uint256 least) private pure {
        if (got < least || got > _MOST_SECONDS) revert GovernanceBadRules(what, got);
    }
}

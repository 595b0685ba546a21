// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IConsortium} from "../consortium/IConsortium.sol";
import {Seats} from "../consortium/libraries/Seats.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {IRulesFollower, ISlotRules} from "./ISlotRules.sol";
import {SlotRing} from "./libraries/SlotRing.sol";

/// @title The rules of the slot ledger, and how they change
/// @dev A part of the ledger, which creates it, for the ledger's code has a bound. The ledger keeps the newest rules itself, and
/// asks here for those of slots before.
contract SlotRules is ISlotRules {
    /// @dev Most normal quantile: 8, a false alarm rate below 10^-15.
    uint256 private constant _MAX_QUANTILE_Q32 = 8 << 32;
    /// @dev Most slots, of the new length, that may begin until the cut-off of the last slot of the old one: three quarters of
    /// the ring.
    uint256 private constant _MAX_WAITING_SLOTS = (SlotRing.SLOTS / 4) * 3;
    /// @dev Longest time from a change to the first slot that goes by it.
    uint256 private constant _MAX_NOTICE = 366 days;

    IConsortium private immutable _consortium;
    address private immutable _ledger = msg.sender;

    /// @dev Oldest first; the first holds from slot 0 on.
    Rules[] private _rules;

    constructor(IConsortium consortium, ISlotLedger.Clock memory clock, ISlotLedger.Terms memory terms) {
        _consortium = consortium;
        _add(0, clock, terms);
    }

    /// @inheritdoc ISlotRules
    function change(uint256 firstSlot, ISlotLedger.Clock calldata clock, ISlotLedger.Terms calldata terms) external {
        // Check: by vote, one change at a time.
        if (msg.sender != _consortium.governance()) revert ISlotLedger.SlotLedgerNotGovernance(msg.sender);
        Rules memory last = _rules[_rules.length - 1];
        uint256 nextSlot = ISlotLedger(_ledger).nextSlot();
        if (nextSlot < last.firstSlot) revert ISlotLedger.SlotLedgerRulesPending(last.firstSlot, nextSlot);

        // Check: from a slot that has not begun, but will before long; at the time that the rules so far give it.
        if (firstSlot > type(uint40).max) revert ISlotLedger.SlotLedgerNoSuchSlot(firstSlot);
        if (firstSlot <= last.firstSlot) revert ISlotLedger.SlotLedgerBadTerms("firstSlot", firstSlot);
        uint256 start = last.start + (firstSlot - last.firstSlot) * last.slotSeconds;
        if (start <= block.timestamp || start > block.timestamp + _MAX_NOTICE) {
            revert ISlotLedger.SlotLedgerBadTerms("firstSlot", firstSlot);
        }
        if (clock.genesis != start) revert ISlotLedger.SlotLedgerBadTerms("genesis", clock.genesis);
        // Check: while the slots before wait for their cut-offs, those after fit into the ring.
        uint256 wait = (1 + uint256(last.cutOffSlots)) * last.slotSeconds;
        if (wait > _MAX_WAITING_SLOTS * clock.slotSeconds) {
            revert ISlotLedger.SlotLedgerBadTerms("slotSeconds", clock.slotSeconds);
        }

        // Effect: and the ledger's.
        _add(firstSlot, clock, terms);
        emit RulesChanged(firstSlot, clock, terms);
        (uint256 schedule, uint256 termsWord) = wordsAt(firstSlot);
        IRulesFollower(_ledger).onRulesChanged(schedule, termsWord);
    }

    /// @inheritdoc ISlotRules
    function rules() external view returns (Rules memory) {
        return _rules[_rules.length - 1];
    }

    /// @inheritdoc ISlotRules
    function rulesAt(uint256 slot) external view returns (Rules memory) {
        return _rulesOf(slot);
    }

    /// @inheritdoc ISlotRules
    function slotAt(uint256 time) external view returns (uint256) {
        Rules memory r = _rulesWhen(time);
        return r.firstSlot + (time - r.start) / r.slotSeconds;
    }

    /// @inheritdoc ISlotRules
    function firstSlotFrom(uint256 time) external view returns (uint256) {
        Rules memory r = _rulesWhen(time);
        if (time <= r.start) return r.firstSlot;
        return r.firstSlot + (time - r.start + r.slotSeconds - 1) / r.slotSeconds;
    }

    /// @inheritdoc ISlotRules
    function wordsAt(uint256 slot) public view returns (uint256 schedule, uint256 terms) {
        Rules storage r = _rulesOf(slot);
        assembly ("memory-safe") {
            schedule := sload(r.slot)
            terms := sload(add(r.slot, 1))
        }
    }

    function _add(uint256 firstSlot, ISlotLedger.Clock memory clock, ISlotLedger.Terms memory terms) private {
        // Check: a clock that runs, and terms under which sharing pays (paper 003, Corollary 2).
        if (clock.slotSeconds == 0) revert ISlotLedger.SlotLedgerBadTerms("slotSeconds", 0);
        if (clock.cutOffSlots > SlotRing.SLOTS / 2) {
            revert ISlotLedger.SlotLedgerBadTerms("cutOffSlots", clock.cutOffSlots);
        }
        if (clock.expirySlots == 0) revert ISlotLedger.SlotLedgerBadTerms("expirySlots", 0);
        if (clock.commitSlots != 0 && clock.commitSlots >= clock.cutOffSlots) {
            revert ISlotLedger.SlotLedgerBadTerms("commitSlots", clock.commitSlots);
        }
        if (terms.normalQuantileQ32 > _MAX_QUANTILE_Q32) {
            revert ISlotLedger.SlotLedgerBadTerms("normalQuantileQ32", terms.normalQuantileQ32);
        }
        // A consortium that takes over from another one has no members yet: that one checks this when it ends.
        uint256 others = Seats.count(_consortium.activeSeats());
        if (others != 0) --others;
        if (terms.anomalyPenalty * others > uint256(terms.reward) + terms.missingPenalty) {
            revert ISlotLedger.SlotLedgerBadTerms("anomalyPenalty", terms.anomalyPenalty);
        }

        // Effect.
        _rules.push(
            Rules({
                firstSlot: uint40(firstSlot),
                start: clock.genesis,
                slotSeconds: clock.slotSeconds,
                cutOffSlots: clock.cutOffSlots,
                expirySlots: clock.expirySlots,
                commitSlots: clock.commitSlots,
                terms: terms
            })
        );
    }

    /// @dev The first rules have slot 0, so that the search ends.
    function _rulesOf(uint256 slot) private view returns (Rules storage) {
        uint256 i = _rules.length - 1;
        while (_rules[i].firstSlot > slot) --i;
        return _rules[i];
    }

    /// @dev Those that hold at `time`; before the first slot, the first.
    function _rulesWhen(uint256 time) private view returns (Rules storage) {
        uint256 i = _rules.length - 1;
        while (i != 0 && _rules[i].start > time) --i;
        return _rules[i];
    }
}

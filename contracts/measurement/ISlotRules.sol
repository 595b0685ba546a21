// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ISlotLedger} from "./ISlotLedger.sol";

/// @title The rules of the slot ledger, and how they change
///
/// @notice Rules hold from a slot on, until newer ones do. By vote, new rules are set for the slots from one on that has not
/// begun. Slots stay consecutive, and times continuous: the first slot of the new rules starts where the last of those
/// before ends. Slots before it keep their rules in all, until they are settled and after: times, T, credits and α.
interface ISlotRules {
    /// @notice The rules that hold from a slot on.
    struct Rules {
        uint40 firstSlot;
        /// Seconds: when that slot starts.
        uint40 start;
        /// As in `ISlotLedger.Clock`.
        uint32 slotSeconds;
        uint16 cutOffSlots;
        uint16 expirySlots;
        uint8 commitSlots;
        ISlotLedger.Terms terms;
    }

    /// @notice From slot `firstSlot` on, which starts at `clock.genesis`, these rules hold.
    event RulesChanged(uint256 indexed firstSlot, ISlotLedger.Clock clock, ISlotLedger.Terms terms);

    /// @notice By vote: changes the rules for the slots from `firstSlot` on, which has not begun and begins within 366 days.
    /// @param clock Its genesis is the start that `firstSlot` has by the rules so far.
    /// @custom:error SlotLedgerNotGovernance, SlotLedgerRulesPending, SlotLedgerBadTerms, SlotLedgerNoSuchSlot
    function change(uint256 firstSlot, ISlotLedger.Clock calldata clock, ISlotLedger.Terms calldata terms) external;

    /// @notice The newest rules.
    function rules() external view returns (Rules memory);

    /// @notice The rules that hold for a slot.
    function rulesAt(uint256 slot) external view returns (Rules memory);

    /// @notice The rules that hold for a slot as the words of storage that hold them (`Rules`).
    function wordsAt(uint256 slot) external view returns (uint256 schedule, uint256 terms);

    /// @notice The slot that `time` (seconds) falls in; reverts before the first.
    function slotAt(uint256 time) external view returns (uint256);

    /// @notice The first slot that starts at or after `time`.
    function firstSlotFrom(uint256 time) external view returns (uint256);
}

/// @notice Who goes by the rules.
interface IRulesFollower {
    /// @notice The newest rules are these from now on, as the words of storage that hold them (`ISlotRules.Rules`).
    function onRulesChanged(uint256 schedule, uint256 terms) external;
}

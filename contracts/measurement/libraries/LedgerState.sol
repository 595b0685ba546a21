// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @notice What every call of the slot ledger reads, in a word:
///
/// ```
/// 255      216 215  192 191   152 151  144 143   128 127   112 111    80 79  40 39     0
/// | versionFrom | version | nextSlot | commit | expiry | cutOff | seconds | start | first |
/// ```
///
/// The lowest 152 bits are the schedule of the newest rules, as `ISlotRules.Rules` has it: they hold from slot `first` on, which
/// starts at `start`. `version` is the newest grid version, 0 before the first, and `versionFrom` since when it holds.
type LedgerState is uint256;

using {
    firstSlot,
    start,
    slotSeconds,
    cutOffSlots,
    expirySlots,
    commitSlots,
    nextSlot,
    version,
    versionFrom,
    withSchedule,
    withNextSlot,
    withVersion
} for LedgerState global;

function firstSlot(LedgerState state) pure returns (uint256) {
    return uint40(LedgerState.unwrap(state));
}

function start(LedgerState state) pure returns (uint256) {
    return uint40(LedgerState.unwrap(state) >> 40);
}

function slotSeconds(LedgerState state) pure returns (uint256) {
    return uint32(LedgerState.unwrap(state) >> 80);
}

function cutOffSlots(LedgerState state) pure returns (uint256) {
    return uint16(LedgerState.unwrap(state) >> 112);
}

function expirySlots(LedgerState state) pure returns (uint256) {
    return uint16(LedgerState.unwrap(state) >> 128);
}

function commitSlots(LedgerState state) pure returns (uint256) {
    return uint8(LedgerState.unwrap(state) >> 144);
}

function nextSlot(LedgerState state) pure returns (uint256) {
    return uint40(LedgerState.unwrap(state) >> 152);
}

function version(LedgerState state) pure returns (uint24) {
    return uint24(LedgerState.unwrap(state) >> 192);
}

function versionFrom(LedgerState state) pure returns (uint256) {
    return LedgerState.unwrap(state) >> 216;
}

/// @dev The schedule has 152 bits.
function withSchedule(LedgerState state, uint256 schedule) pure returns (LedgerState) {
    return LedgerState.wrap(((LedgerState.unwrap(state) >> 152) << 152) | schedule);
}

function withNextSlot(LedgerState state, uint256 slot) pure returns (LedgerState) {
    uint256 others = LedgerState.unwrap(state) & ~(uint256(type(uint40).max) << 152);
    return LedgerState.wrap(others | (uint256(uint40(slot)) << 152));
}

function withVersion(LedgerState state, uint24 number, uint256 from) pure returns (LedgerState) {
    uint256 others = LedgerState.unwrap(state) & ((1 << 192) - 1);
    return LedgerState.wrap(others | (uint256(number) << 192) | (from << 216));
}

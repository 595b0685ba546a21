// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @title Grid meters that sign their values
///
/// @notice An operator could invent the values of its meters as long as they fit each other (paper 003, section 6.2: meters
/// with secret keys of their manufacturer prevent it). A meter with a key signs each of its readings, EIP-712 typed data
/// under the domain `GridProof Meter`, version `1`, this chain and this contract:
///
///     Reading(uint256 slot,uint256 place,int64 value)
///
/// `place` is the meter's entry in the directory of every version, kind·2^20 + number: kind 0 is the injection at bus
/// `number`, 1 and 2 are the flow at the from and to end of line `number`, 3 is the PMU at bus `number`. It is proved with the
/// version, there is one meter of a kind at a place, and it stays when versions change: positions in a batch do not, and
/// names are not known to contracts. `value` is in watts, a PMU's in nanoradians, so that it does not depend on the version's unit.
///
/// Keys belong to a seat and a place. One that is registered holds from a slot that has not started: what a meter signed
/// can never be judged by a key that came afterwards. Old keys stay for the slots in which they held.
///
/// * `dispute`: the value on the chain is not the one that the meter signed for that slot, rounded to the version's unit
///   (either way at one half). It stands against the operator. Possible while the ring has the slot's hash.
/// * `equivocate`: the key signed two values for one slot. That is evidence against the meter, or whoever has its key: a
///   dispute about that slot is struck out, and no other is taken. Possible at any time.
///
/// No credits move: what follows is for the members to decide.
interface IMeterKeys {
    /// @notice What is on record about a meter and slot.
    enum Standing {
        Clear,
        Disputed,
        Equivocal
    }

    /// @notice The meter of `seat` at `place` signs with `key` from `fromSlot` on; with none if it is zero.
    event MeterKeySet(uint256 indexed seat, uint256 indexed place, address key, uint256 fromSlot);
    /// @notice `seat` uploaded `value` (counts) where its meter signed `signedValue`.
    event ReadingDisputed(
        uint256 indexed slot,
        uint256 indexed seat,
        uint256 indexed place,
        int256 value,
        int64 signedValue
    );
    /// @notice The meter of `seat` at `place` signed both values for one slot.
    event MeterEquivocated(
        uint256 indexed slot,
        uint256 indexed seat,
        uint256 indexed place,
        int64 firstValue,
        int64 secondValue
    );

    /// @notice `place` is no kind·2^20 + number.
    error MeterKeysBadPlace(uint256 place);
    /// @notice The zero address is no key; `retire` ends one.
    error MeterKeysZeroKey(uint256 place);
    /// @notice A key can hold from slot `least` on, not from `fromSlot`: from one that has not started, and not before
    /// one that was set already.
    error MeterKeysBadStart(uint256 fromSlot, uint256 least);
    /// @notice The meter of `seat` at `place` had no key in `slot`.
    error MeterKeysNoKey(uint256 seat, uint256 place, uint256 slot);
    /// @notice The version of `slot` has the meters 0 to `meters` - 1.
    error MeterKeysUnknownMeter(uint256 slot, uint256 meter, uint256 meters);
    /// @notice `seat` uploaded nothing for `slot`, or its hash was written over since.
    error MeterKeysNothingUploaded(uint256 slot, uint256 seat);
    /// @notice `seat` uploaded no value of the meter for `slot`: it pays for that already.
    error MeterKeysValueMissing(uint256 slot, uint256 meter);
    /// @notice The signature is not that of `key`; `signer` is whose it is, zero if it is none (of another length, or malleable).
    error MeterKeysBadSignature(address signer, address key);
    /// @notice What was uploaded, `value` (counts), is what the meter signed.
    error MeterKeysValueAgrees(uint256 slot, uint256 meter, int256 value);
    /// @notice Two signatures of one value are no contradiction.
    error MeterKeysSameValue(int64 value);
    /// @notice It is on record already: 1 disputed, 2 equivocal.
    error MeterKeysOnRecord(uint256 slot, uint256 seat, uint256 place, Standing standing);

    /// @notice The caller's meter at a place signs with a key from a slot on. Registering another rotates it.
    /// @param place kind·2^20 + number.
    /// @param key Address of a secp256k1 key.
    /// @param fromSlot A slot that has not started.
    function register(uint256 place, address key, uint256 fromSlot) external;

    /// @notice The caller's meter at a place signs no longer, from a slot on.
    function retire(uint256 place, uint256 fromSlot) external;

    /// @notice Proves that an operator uploaded another value than its meter signed.
    /// @param slot The slot.
    /// @param meter The meter's number in the version of the slot.
    /// @param signedValue W or nrad.
    /// @param signature 65 bytes: r, s (in the lower half), v.
    /// @param values The batch of the meter's owner.
    /// @param supplement Its supplement after its length (24 bits), if it uploaded one.
    function dispute(
        uint256 slot,
        uint256 meter,
        int64 signedValue,
        bytes calldata signature,
        bytes calldata values,
        bytes calldata supplement
    ) external;

    /// @notice Proves that a meter signed two values for one slot.
    /// @param seat The seat whose meter it was.
    function equivocate(
        uint256 slot,
        uint256 seat,
        uint256 place,
        int64 firstValue,
        bytes calldata firstSignature,
        int64 secondValue,
        bytes calldata secondSignature
    ) external;

    /// @notice What a meter signs for a reading.
    function readingHash(uint256 slot, uint256 place, int64 value) external view returns (bytes32);

    /// @notice The key of a meter in a slot; zero if it had none.
    function keyAt(uint256 seat, uint256 place, uint256 slot) external view returns (address);

    /// @notice All keys of some meters of a seat: by place, ascending, fromSlot·2^160 + key.
    function keysOf(uint256 seat, uint256[] calldata places) external view returns (uint256[][] memory);

    /// @notice How many times keys of a seat were set: unless it grows, `keysOf` gives the same again.
    function changesOf(uint256 seat) external view returns (uint256);

    /// @notice What is on record about a meter and slot.
    function standingOf(uint256 slot, uint256 seat, uint256 place) external view returns (Standing);

    /// @notice Disputes that stand against a seat.
    function disputesAgainst(uint256 seat) external view returns (uint256);

    /// @notice Slots for which the meter of a seat at a place signed two values.
    function equivocationsOf(uint256 seat, uint256 place) external view returns (uint256);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {IConsortium} from "../consortium/IConsortium.sol";
import {IGridRegistry} from "../grid/IGridRegistry.sol";
import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../grid/libraries/VersionLayout.sol";
import {IMeterKeys} from "./IMeterKeys.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {SlotInputs} from "./libraries/SlotInputs.sol";
import {SlotValues} from "./libraries/SlotValues.sol";

/// @title Grid meters that sign their values
/// @dev Beside the ledger that it serves, which does not know of it.
contract MeterKeys is IMeterKeys, EIP712 {
    using Checkpoints for Checkpoints.Trace160;

    /// @dev A meter of a version in a slot, and what its owner uploaded for it.
    struct Uploaded {
        uint256 seat;
        uint256 place;
        int256 value;
        /// kW.
        uint256 powerUnit;
    }

    bytes32 private constant _READING = keccak256("Reading(uint256 slot,uint256 place,int64 value)");
    /// @dev Bits of a directory entry below kind and number.
    uint256 private constant _PLACE_SHIFT = 37;
    uint256 private constant _KIND_SHIFT = 20;
    /// @dev W in a kW; nrad in a rad; counts of a PMU in a rad.
    int256 private constant _WATTS = 1000;
    int256 private constant _NANORADIANS = 1e9;
    int256 private constant _PMU_COUNTS = 2 ** 20;

    ISlotLedger public immutable ledger;
    IConsortium public immutable consortium;
    IGridRegistry public immutable registry;

    /// @inheritdoc IMeterKeys
    mapping(uint256 seat => uint256) public changesOf;
    /// @inheritdoc IMeterKeys
    mapping(uint256 seat => uint256) public disputesAgainst;
    /// @inheritdoc IMeterKeys
    mapping(uint256 seat => mapping(uint256 place => uint256)) public equivocationsOf;
    /// @inheritdoc IMeterKeys
    mapping(uint256 slot => mapping(uint256 seat => mapping(uint256 place => Standing))) public standingOf;
    /// @dev Keys by the slot from which they hold.
    mapping(uint256 seat => mapping(uint256 place => Checkpoints.Trace160)) private _keys;

    constructor(ISlotLedger ledger_, IConsortium consortium_, IGridRegistry registry_) EIP712("GridProof Meter", "1") {
        ledger = ledger_;
        consortium = consortium_;
        registry = registry_;
    }

    /// @inheritdoc IMeterKeys
    function register(uint256 place, address key, uint256 fromSlot) external {
        if (key == address(0)) revert MeterKeysZeroKey(place);
        _set(consortium.seatOf(msg.sender), place, key, fromSlot);
    }

    /// @inheritdoc IMeterKeys
    function retire(uint256 place, uint256 fromSlot) external {
        uint256 seat = consortium.seatOf(msg.sender);
        if (_keys[seat][place].latest() == 0) revert MeterKeysNoKey(seat, place, fromSlot);
        _set(seat, place, address(0), fromSlot);
    }

    /// @inheritdoc IMeterKeys
    function dispute(
        uint256 slot,
        uint256 meter,
        int64 signedValue,
        bytes calldata signature,
        bytes calldata values,
        bytes calldata supplement
    ) external {
        // Check: what was uploaded for the meter is not what its key signed; it is not on record.
        Uploaded memory uploaded = _uploaded(slot, meter, values, supplement);
        (uint256 seat, uint256 place) = (uploaded.seat, uploaded.place);
        Standing standing = standingOf[slot][seat][place];
        if (standing != Standing.Clear) revert MeterKeysOnRecord(slot, seat, place, standing);
        _checkSigned(slot, seat, place, signedValue, signature);
        if (_agree(uploaded, signedValue)) revert MeterKeysValueAgrees(slot, meter, uploaded.value);

        // Effect: it stands against the operator.
        standingOf[slot][seat][place] = Standing.Disputed;
        ++disputesAgainst[seat];
        emit ReadingDisputed(slot, seat, place, uploaded.value, signedValue);
    }

    /// @inheritdoc IMeterKeys
    function equivocate(
        uint256 slot,
        uint256 seat,
        uint256 place,
        int64 firstValue,
        bytes calldata firstSignature,
        int64 secondValue,
        bytes calldata secondSignature
    ) external {
        // Check: two values under one key.
        if (firstValue == secondValue) revert MeterKeysSameValue(firstValue);
        Standing standing = standingOf[slot][seat][place];
        if (standing == Standing.Equivocal) revert MeterKeysOnRecord(slot, seat, place, standing);
        _checkSigned(slot, seat, place, firstValue, firstSignature);
        _checkSigned(slot, seat, place, secondValue, secondSignature);

        // Effect: it stands against the meter, and no longer against the operator.
        if (standing == Standing.Disputed) --disputesAgainst[seat];
        standingOf[slot][seat][place] = Standing.Equivocal;
        ++equivocationsOf[seat][place];
        emit MeterEquivocated(slot, seat, place, firstValue, secondValue);
    }

    /// @inheritdoc IMeterKeys
    function readingHash(uint256 slot, uint256 place, int64 value) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(_READING, slot, place, value)));
    }

    /// @inheritdoc IMeterKeys
    function keyAt(uint256 seat, uint256 place, uint256 slot) public view returns (address) {
        if (slot > type(uint40).max) return address(0);
        return address(_keys[seat][place].upperLookupRecent(uint96(slot)));
    }

    /// @inheritdoc IMeterKeys
    function keysOf(uint256 seat, uint256[] calldata places) external view returns (uint256[][] memory keys) {
        keys = new uint256[][](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            Checkpoints.Trace160 storage trace = _keys[seat][places[i]];
            keys[i] = new uint256[](trace.length());
            for (uint256 j = 0; j < keys[i].length; ++j) {
                Checkpoints.Checkpoint160 memory set = trace.at(uint32(j));
                keys[i][j] = (uint256(set._key) << 160) | set._value;
            }
        }
    }

    function _set(uint256 seat, uint256 place, address key, uint256 fromSlot) private {
        // Check: a place, and a slot that has not started, after the last key.
        if (place >> (_KIND_SHIFT + 2) != 0 || place & GridRecord.NUMBER_MASK == 0) revert MeterKeysBadPlace(place);
        Checkpoints.Trace160 storage trace = _keys[seat][place];
        (, uint96 least, ) = trace.latestCheckpoint();
        uint256 coming = ledger.slotRules().firstSlotFrom(block.timestamp + 1);
        if (coming > least) least = uint96(coming);
        if (fromSlot < least || fromSlot > type(uint40).max) revert MeterKeysBadStart(fromSlot, least);

        // Effect.
        trace.push(uint96(fromSlot), uint160(key));
        ++changesOf[seat];
        emit MeterKeySet(seat, place, key, fromSlot);
    }

    /// @dev The key that held in the slot signed the value.
    function _checkSigned(
        uint256 slot,
        uint256 seat,
        uint256 place,
        int64 value,
        bytes calldata signature
    ) private view {
        address key = keyAt(seat, place, slot);
        if (key == address(0)) revert MeterKeysNoKey(seat, place, slot);
        // Refuses other lengths than 65 and the upper half of s, so that no signature has a second form.
        (address signer, ECDSA.RecoverError flaw, ) = ECDSA.tryRecover(readingHash(slot, place, value), signature);
        if (flaw != ECDSA.RecoverError.NoError || signer != key) revert MeterKeysBadSignature(signer, key);
    }

    /// @dev What the owner of a meter uploaded for it.
    function _uploaded(
        uint256 slot,
        uint256 meter,
        bytes calldata values,
        bytes calldata supplement
    ) private view returns (Uploaded memory uploaded) {
        (uint256 position, uint256 meters) = _locate(slot, meter, uploaded);
        uint256 seat = uploaded.seat;
        uint256 word = ledger.ringWord(slot, seat);
        if (word == 0) revert MeterKeysNothingUploaded(slot, seat);
        bytes memory own = new bytes(SlotValues.VALUE_BYTES * meters);
        uint256 taken = SlotInputs.takeBatch(own, 0, slot, seat, word, values, 0, own.length, supplement, 0);
        SlotInputs.checkTaken(values, own.length, supplement, taken);
        uploaded.value = SlotValues.valueAt(own, position);
        if (uploaded.value == SlotValues.MISSING_VALUE) revert MeterKeysValueMissing(slot, meter);
    }

    /// @dev Where a meter is, whose it is, in which unit it is uploaded.
    /// @return position In the batch of its owner, who has `own` meters.
    function _locate(
        uint256 slot,
        uint256 meter,
        Uploaded memory uploaded
    ) private view returns (uint256 position, uint256 own) {
        uint24 version = ledger.versionOf(slot);
        if (version == 0) revert ISlotLedger.SlotLedgerNoVersion(slot);
        (GridRecord.Geometry memory g, address[] memory chunks) = registry.records(version);
        if (meter >= g.meters) revert MeterKeysUnknownMeter(slot, meter, g.meters);
        uint256 entry = VersionLayout.directoryOffset(g) + meter * GridRecord.ENTRY_BYTES;
        uploaded.place = uint64(bytes8(VersionLayout.read(chunks, entry, GridRecord.ENTRY_BYTES))) >> _PLACE_SHIFT;
        uploaded.powerUnit = g.powerUnitKw;

        uint16[] memory meters = registry.summary(version).meters;
        position = meter;
        uint256 seat = 0;
        for (own = meters[0]; position >= own; own = meters[++seat]) position -= own;
        uploaded.seat = seat;
    }

    /// @dev Whether a signed value rounds to what was uploaded: |signed - value·unit| <= unit/2, in W, or in nrad times 2^20.
    function _agree(Uploaded memory uploaded, int256 signedValue) private pure returns (bool) {
        int256 unit = int256(uploaded.powerUnit) * _WATTS;
        if (uploaded.place >> _KIND_SHIFT == GridRecord.KIND_PMU) {
            unit = _NANORADIANS;
            signedValue *= _PMU_COUNTS;
        }
        int256 twice = 2 * (signedValue - uploaded.value * unit);
        return twice <= unit && -twice <= unit;
    }
}

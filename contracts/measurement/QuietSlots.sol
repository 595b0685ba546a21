// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../grid/libraries/GridRecord.sol";
import {VersionLayout} from "../grid/libraries/VersionLayout.sol";
import {UncheckedArray} from "../math/UncheckedArray.sol";
import {IQuietSlots} from "./IQuietSlots.sol";
import {ISlotLedger} from "./ISlotLedger.sol";
import {PairedObjective} from "./libraries/PairedObjective.sol";
import {SlotCertificate} from "./libraries/SlotCertificate.sol";
import {SlotInputs} from "./libraries/SlotInputs.sol";
import {SlotRing} from "./libraries/SlotRing.sol";
import {SlotValues} from "./libraries/SlotValues.sol";

/// @title Slots without alarm, several at once
/// @dev Has no state: the ledger, which creates it, says what was uploaded and what the version is.
contract QuietSlots is IQuietSlots {
    using UncheckedArray for uint256[];

    /// @dev What is the same for all slots, and how far the supplements are taken.
    struct Progress {
        uint256 first;
        GridRecord.Geometry geometry;
        address[] chunks;
        uint256[] meters;
        uint256[] words;
        uint256 supplementsTaken;
        uint256 valuesLength;
        uint256 anglesLength;
        bytes ranges;
        /// As J is scaled.
        uint256 threshold;
        uint256 digits;
    }

    /// @inheritdoc IQuietSlots
    function objectives(
        Slots calldata slots,
        bytes calldata values,
        bytes calldata supplements,
        bytes calldata angles
    ) external view returns (uint256[] memory objectivesQ32) {
        uint256 count = slots.count;
        Progress memory progress = _start(slots);
        if (values.length != count * progress.valuesLength) {
            revert ISlotLedger.SlotLedgerValuesLength(values.length, count * progress.valuesLength);
        }
        if (angles.length != count * progress.anglesLength) {
            revert ISlotLedger.SlotLedgerAnglesLength(angles.length, count * progress.anglesLength);
        }

        objectivesQ32 = new uint256[](count);
        PairedObjective.Work memory work = PairedObjective.prepare(progress.geometry);
        // Offsets are within values and angles, whose lengths were compared.
        unchecked {
            for (uint256 i = 0; i < count; i += 2) {
                // A slot without a second is its own.
                uint256 j = i + 1 < count ? i + 1 : i;
                _take(progress, work.values0, i, values, supplements);
                uint256 angles0 = _anglesAt(progress, i, angles);
                uint256 angles1 = angles0;
                if (j == i) {
                    work.values1 = work.values0;
                } else {
                    _take(progress, work.values1, j, values, supplements);
                    angles1 = _anglesAt(progress, j, angles);
                }
                PairedObjective.evaluate(work, progress.chunks, angles0, angles1);
                objectivesQ32[i] = _checkQuiet(progress, i, work.objective0);
                objectivesQ32[j] = _checkQuiet(progress, j, work.objective1);
            }
        }
        if (progress.supplementsTaken != supplements.length) {
            revert ISlotLedger.SlotLedgerSupplementsLength(supplements.length, progress.supplementsTaken);
        }
    }

    function _start(Slots calldata slots) private view returns (Progress memory progress) {
        GridRecord.Geometry memory g = slots.geometry;
        progress.first = slots.first;
        progress.geometry = g;
        progress.chunks = slots.chunks;
        progress.meters = slots.meters;
        progress.words = slots.words;
        progress.valuesLength = VersionLayout.valuesLength(g);
        progress.anglesLength = GridRecord.ANGLE_BYTES * g.buses;
        progress.ranges = VersionLayout.read(progress.chunks, VersionLayout.rangesOffset(g), progress.valuesLength);
        // J counts in 2^-(80 + weightDigits).
        progress.digits = 2 * SlotCertificate.FLOW_DIGITS + g.weightDigits;
        progress.threshold = slots.thresholdQ32 << (progress.digits - 32);
    }

    /// @dev Brings the values of slot `i` to `target`, compares them with the ring's words, and sees that none is missing.
    function _take(
        Progress memory progress,
        uint256 target,
        uint256 i,
        bytes calldata values,
        bytes calldata supplements
    ) private pure {
        uint256 slot = progress.first + i;
        uint256 taken = i * progress.valuesLength;
        uint256 start = target;
        uint256[] memory meters = progress.meters;
        // No overflow: lengths of calldata. There is a word for each slot and seat.
        unchecked {
            for (uint256 seat = 0; seat < meters.length; ++seat) {
                uint256 length = SlotValues.VALUE_BYTES * meters.read(seat);
                if (length == 0) continue;
                bytes32 hash;
                assembly ("memory-safe") {
                    calldatacopy(target, add(values.offset, taken), length)
                    hash := keccak256(target, length)
                }
                uint256 word = progress.words.read(i * meters.length + seat);
                uint256 got = SlotRing.batchWord(slot, hash);
                if (SlotRing.isSupplemented(word)) {
                    bytes calldata entries = SlotInputs.nextSupplement(supplements, progress.supplementsTaken);
                    progress.supplementsTaken += 3 + entries.length;
                    got = SlotRing.supplementedWord(got, keccak256(entries));
                    SlotValues.fill(_asBytes(target), 0, entries, length);
                }
                if (got != word) revert ISlotLedger.SlotLedgerValuesMismatch(slot, seat);
                taken += length;
                target += length;
            }
        }
        if (SlotValues.anyOutOfRange(_asBytes(start), progress.ranges, progress.geometry.meters)) {
            revert ISlotLedger.SlotLedgerValueMissing(slot);
        }
    }

    /// @dev What begins at a memory address, for functions that do not ask for its length.
    function _asBytes(uint256 start) private pure returns (bytes memory data) {
        assembly ("memory-safe") {
            data := sub(start, 32)
        }
    }

    /// @dev Where the angles of slot `i` begin; those of the references are zero.
    function _anglesAt(
        Progress memory progress,
        uint256 i,
        bytes calldata angles
    ) private pure returns (uint256 offset) {
        // Inside `angles`, as there are no more roots than buses.
        unchecked {
            assembly ("memory-safe") {
                offset := angles.offset
            }
            offset += i * progress.anglesLength;
            uint256 roots = progress.geometry.roots;
            for (uint256 root = 0; root < roots; ++root) {
                int256 angle;
                assembly ("memory-safe") {
                    angle := sar(216, calldataload(add(offset, mul(5, root))))
                }
                if (angle != 0) revert ISlotLedger.SlotLedgerReferenceAngleOf(progress.first + i, root);
            }
        }
    }

    /// @dev J of slot `i` is at most τ; returns it times 2^32, rounded up.
    function _checkQuiet(Progress memory progress, uint256 i, uint256 objective) private pure returns (uint256 upQ32) {
        // Below 2^240, and `digits` at least 80.
        unchecked {
            uint256 shift = progress.digits - 32;
            upQ32 = (objective + (1 << shift) - 1) >> shift;
            if (objective > progress.threshold) {
                revert ISlotLedger.SlotLedgerAlarm(progress.first + i, upQ32, progress.threshold >> shift);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../../grid/libraries/GridRecord.sol";
import {ISlotLedger} from "../ISlotLedger.sol";
import {SlotCertificate} from "./SlotCertificate.sol";
import {SlotRing} from "./SlotRing.sol";
import {SlotValues} from "./SlotValues.sol";

/// @title What is brought again for a slot, against what was uploaded
/// @notice Batches and supplements live in calldata only. Whoever needs them on the chain brings them again, and they are
/// compared with the words of the ring. Batches come joined, by seat; supplements too, each after its length (24 bits).
library SlotInputs {
    /// @notice Copies the batch of a seat and fills it from its supplement, if there is one.
    /// @param target Packed values, of which those of the seat begin at byte `start`.
    /// @param word The seat's word of the ring, not zero.
    /// @param from Where the batch begins in `values`; it has `length` bytes.
    /// @param offset Where the next supplement begins in `supplements`.
    /// @return next Where the one after it begins.
    function takeBatch(
        bytes memory target,
        uint256 start,
        uint256 slot,
        uint256 seat,
        uint256 word,
        bytes calldata values,
        uint256 from,
        uint256 length,
        bytes calldata supplements,
        uint256 offset
    ) internal pure returns (uint256 next) {
        // No overflow: lengths of calldata and of values are far below 2^255.
        unchecked {
            uint256 end = from + length;
            if (end > values.length) revert ISlotLedger.SlotLedgerValuesLength(values.length, end);
            bytes32 hash = SlotValues.copy(target, start, values, from, length);
            uint256 got = SlotRing.batchWord(slot, hash);
            next = offset;
            if (SlotRing.isSupplemented(word)) {
                bytes calldata entries = nextSupplement(supplements, offset);
                next += 3 + entries.length;
                got = SlotRing.supplementedWord(got, keccak256(entries));
                SlotValues.fill(target, start, entries, length);
            }
            if (got != word) revert ISlotLedger.SlotLedgerValuesMismatch(slot, seat);
        }
    }

    /// @notice The supplement that begins, with its length, at byte `offset`.
    function nextSupplement(bytes calldata supplements, uint256 offset) internal pure returns (bytes calldata entries) {
        if (offset + 3 > supplements.length) {
            revert ISlotLedger.SlotLedgerSupplementsLength(supplements.length, offset + 3);
        }
        uint256 length = uint24(bytes3(supplements[offset:offset + 3]));
        if (offset + 3 + length > supplements.length) {
            revert ISlotLedger.SlotLedgerSupplementsLength(supplements.length, offset + 3 + length);
        }
        return supplements[offset + 3:offset + 3 + length];
    }

    /// @notice Nothing is left over once all that was uploaded is taken.
    function checkTaken(
        bytes calldata values,
        uint256 taken,
        bytes calldata supplements,
        uint256 supplementsTaken
    ) internal pure {
        if (taken != values.length) revert ISlotLedger.SlotLedgerValuesLength(values.length, taken);
        if (supplementsTaken != supplements.length) {
            revert ISlotLedger.SlotLedgerSupplementsLength(supplements.length, supplementsTaken);
        }
    }

    /// @notice There is an angle for each bus, and those of the references are zero.
    function checkAngles(GridRecord.Geometry memory g, bytes calldata angles) internal pure {
        uint256 want = GridRecord.ANGLE_BYTES * g.buses;
        if (angles.length != want) revert ISlotLedger.SlotLedgerAnglesLength(angles.length, want);
        // Inside `angles`, as there are no more roots than buses; 5·2^8 does not overflow.
        unchecked {
            for (uint256 i = 0; i < g.roots; ++i) {
                if (SlotCertificate.angleAt(angles, i) != 0) revert ISlotLedger.SlotLedgerReferenceAngle(i);
            }
        }
    }
}

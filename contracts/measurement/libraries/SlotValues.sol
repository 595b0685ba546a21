// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {GridRecord} from "../../grid/libraries/GridRecord.sol";

/// @title Packed values of a slot
/// @notice A value is a signed 24-bit integer, big-endian; -2^23 marks a missing one. See `ISlotLedger`.
library SlotValues {
    uint256 internal constant VALUE_BYTES = 3;
    uint256 internal constant ENTRY_BYTES = 5;

    /// @dev -2^23 as 24 bits.
    uint256 private constant _MISSING = 0x800000;

    /// @notice Position in the batch of entry `index` of a supplement.
    function positionAt(bytes calldata entries, uint256 index) internal pure returns (uint256 position) {
        assembly ("memory-safe") {
            position := shr(240, calldataload(add(entries.offset, mul(5, index))))
        }
    }

    /// @notice Fills missing values of the batch that begins at byte `start` of `values` from a supplement. A value that
    /// the batch has stays: the first counts.
    /// @dev Positions were checked when the supplement was uploaded.
    function fill(bytes memory values, uint256 start, bytes calldata entries) internal pure {
        uint256 count = entries.length / ENTRY_BYTES;
        for (uint256 i = 0; i < count; ++i) {
            uint256 offset = start + VALUE_BYTES * positionAt(entries, i);
            assembly ("memory-safe") {
                let target := add(add(values, 32), offset)
                if eq(shr(232, mload(target)), _MISSING) {
                    let value := shr(216, calldataload(add(entries.offset, mul(5, i))))
                    mstore8(target, shr(16, value))
                    mstore8(add(target, 1), shr(8, value))
                    mstore8(add(target, 2), value)
                }
            }
        }
    }

    /// @notice How many of the values from byte `start` on are missing or outside the range of their meter.
    /// @param directory Directory entries of these meters.
    function countMissing(
        bytes memory values,
        uint256 start,
        bytes memory directory
    ) internal pure returns (uint256 missing) {
        uint256 count = directory.length / GridRecord.ENTRY_BYTES;
        // In symbols, for each meter: missing += |z| ≥ 2^rangeBits.
        assembly ("memory-safe") {
            let value := add(add(values, 32), start)
            let entry := add(directory, 32)
            for {
                let end := add(entry, shl(3, count))
            } lt(entry, end) {
                entry := add(entry, 8)
            } {
                let z := sar(232, mload(value))
                let rangeBits := and(shr(224, mload(entry)), 0x1f)
                missing := add(missing, iszero(iszero(shr(rangeBits, xor(z, sar(255, z))))))
                value := add(value, 3)
            }
        }
    }
}
